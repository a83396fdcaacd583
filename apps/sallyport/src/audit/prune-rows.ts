import { sql } from 'kysely'
import type { Store, StoreTransaction } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import { fromAdmin } from './audit-row.ts'
import type { AuditChainRow, AuditRow } from './audit.table.ts'
import { isHashOf } from './chain-hash.ts'

const BATCH = 500
const DAY_MS = 86_400_000
/** Any number that nothing else locks. */
const PRUNING = 0x5a11_0001

export interface PruneOptions {
  readonly retentionDays: number
  readonly now: number
  readonly log: (message: string, fields?: object) => void
  /** Ends it after the batch that is being removed. */
  readonly signal?: AbortSignal
}

/**
 * Removes what is older than it is kept, from the beginning of each chain. The head remembers the last row that went, so
 * that the chain is whole without it, and a row says how many went. Answers how many that were.
 */
export async function pruneRows(store: Store, { retentionDays, now, log, signal }: PruneOptions): Promise<number> {
  const before = now - retentionDays * DAY_MS
  let pruned = 0
  for (const teamspaceId of await chainsWithOld(store, before)) {
    for (let count = BATCH; count === BATCH && !signal?.aborted; pruned += count) {
      count = await store.transaction((tx) => pruneBatch(store, tx, { teamspaceId, before, now, log }))
    }
  }
  return pruned
}

/** By the first row of each: the order of a chain is that of time, but for the few rows of a moment. */
async function chainsWithOld({ db }: Store, before: number): Promise<string[]> {
  const rows = await db
    .selectFrom('audit_chain as chain')
    .innerJoin('audit', (join) =>
      join
        .onRef('audit.teamspace_id', '=', 'chain.teamspace_id')
        .on((row) => row('audit.seq', '=', row('chain.first_seq', '+', 1))),
    )
    .select('chain.teamspace_id')
    .where('audit.at', '<', before)
    .orderBy('chain.teamspace_id')
    .execute()
  return rows.map(({ teamspace_id }) => teamspace_id)
}

interface Batch {
  readonly teamspaceId: string
  readonly before: number
  readonly now: number
  readonly log: PruneOptions['log']
}

async function pruneBatch(store: Store, { db }: StoreTransaction, batch: Batch): Promise<number> {
  const { teamspaceId, before, now, log } = batch
  if (!(await isOurTurn(store, db))) return 0
  const chain = auditChainOf(store)
  const lock = async () => (await chain.lock(db, [teamspaceId])).get(teamspaceId)!
  const head = await lock()
  const oldest = await db
    .selectFrom('audit')
    .selectAll()
    .where('teamspace_id', '=', teamspaceId)
    .where('seq', '>', head.first_seq)
    .orderBy('seq')
    .limit(BATCH)
    .execute()
  const kept = oldest.findIndex(({ at }) => at >= before)
  const old = kept === -1 ? oldest : oldest.slice(0, kept)
  const whole = wholePart(old, head, (previous, row) => isHashOf(chain.keys, previous, row))
  if (whole.length < old.length) log('The audit trail is not as it was written; old rows are kept', { teamspaceId })
  const last = whole.at(-1)
  if (!last) return 0
  const after = {
    rows: whole.length,
    first: head.first_seq + 1,
    last: last.seq,
    before: new Date(before).toISOString(),
  }
  await chain.append(db, [fromAdmin({ at: now, actor: 'sallyport', action: 'audit.pruned', teamspaceId, after })])
  await chain.write(db, [{ ...(await lock()), first_seq: last.seq, first_hash: last.hash }])
  await db.deleteFrom('audit').where('teamspace_id', '=', teamspaceId).where('seq', '<=', last.seq).execute()
  return whole.length
}

/** Only what is as it was written: pruning must not remove the traces of whoever changed the trail. */
function wholePart(
  rows: readonly AuditRow[],
  { first_seq, first_hash }: AuditChainRow,
  isWritten: (previous: string, row: AuditRow) => boolean,
): readonly AuditRow[] {
  let [seq, previous] = [first_seq, first_hash]
  const broken = rows.findIndex((row) => {
    if (row.seq !== seq + 1 || !isWritten(previous, row)) return true
    ;[seq, previous] = [row.seq, row.hash]
    return false
  })
  return broken === -1 ? rows : rows.slice(0, broken)
}

/** Of several Sallyports one prunes at a time: the others would only wait for it. */
async function isOurTurn({ engine }: Store, db: StoreTransaction['db']): Promise<boolean> {
  if (engine === 'sqlite') return true
  const { rows } = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(${PRUNING}) as ours`.execute(db)
  return rows[0]?.ours === true
}
