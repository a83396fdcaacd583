import type { Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Sealer } from '../store/sealer.ts'
import type { Store } from '../store/store.ts'
import { nextAuditId } from './audit-id.ts'
import type { AuditChainRow, AuditRow } from './audit.table.ts'
import { chainKeysOf, hashRow, isSealed, sealHead } from './chain-hash.ts'
import type { ChainKeys } from './chain-hash.ts'
import { headWriter, insertEmptyHeads, rowInserter } from './insert-rows.ts'

/** A row that has no place yet. */
export type NewAuditRow = Omit<AuditRow, 'seq' | 'hash'>

export interface AuditChain {
  readonly keys: ChainKeys
  /**
   * Puts rows at the end of their chains, in their order. `again` when the same rows may have been written by an earlier
   * transaction whose answer was lost: those that are there are left out.
   */
  append(tx: Transaction<Database>, rows: readonly NewAuditRow[], options?: { readonly again?: boolean }): Promise<void>
  /** The ends of these chains, which are this transaction's until it is over. Unknown chains are made. */
  lock(tx: Transaction<Database>, teamspaceIds: readonly string[]): Promise<Map<string, AuditChainRow>>
  write(tx: Transaction<Database>, heads: readonly AuditChainRow[]): Promise<void>
}

type Db = Transaction<Database>

const MAX_KNOWN = 10_000

const chains = new WeakMap<Sealer, AuditChain>()

/** The one writer of the audit trail of a store. */
export function auditChainOf(store: Pick<Store, 'sealer' | 'engine' | 'db'>): AuditChain {
  const made = chains.get(store.sealer) ?? createAuditChain(store)
  chains.set(store.sealer, made)
  return made
}

function createAuditChain({ sealer, engine, db }: Pick<Store, 'sealer' | 'engine' | 'db'>): AuditChain {
  const keys = chainKeysOf(sealer)
  const insertRows = rowInserter(db)
  const writeHeads = headWriter(db)
  /** Chains that have a head, as far as is remembered: all others are asked for one more time. */
  const known = new Set<string>()

  /**
   * In the order of the ids, so that several Sallyports wait for each other and never in a circle. New heads are made before
   * any is locked: who waits for the maker of one holds nothing that another could want.
   */
  async function lock(tx: Db, teamspaceIds: readonly string[]): Promise<Map<string, AuditChainRow>> {
    const ids = [...new Set(teamspaceIds)].sort()
    const unknown = ids.filter((id) => !known.has(id))
    if (unknown.length > 0) await insertEmptyHeads(tx, unknown)
    const heads = await selectHeads(tx, ids, engine)
    const lost = ids.filter((id) => !heads.has(id)) // its maker was rolled back
    if (lost.length > 0) {
      await insertEmptyHeads(tx, lost)
      for (const head of (await selectHeads(tx, lost, engine)).values()) heads.set(head.teamspace_id, head)
    }
    if (known.size > MAX_KNOWN) known.clear()
    ids.forEach((id) => known.add(id))
    return heads
  }

  const write = (tx: Db, heads: readonly AuditChainRow[]) =>
    writeHeads(tx, heads, (head) => ({ ...head, seal: sealHead(keys, head) }))

  return {
    keys,
    lock,
    write,
    async append(tx, rows, { again = false } = {}) {
      if (rows.length === 0) return
      const heads = await lock(
        tx,
        rows.map((row) => row.teamspace_id),
      )
      // Only now: until the locks are had, the transaction whose answer was lost may still be about to commit.
      const missing = again ? await withoutWritten(tx, rows) : rows
      const broken = await resumeBroken(tx, [...heads.values()], { keys, at: rows[0]!.at })
      await insertRows(tx, [...broken, ...missing], ({ teamspace_id, id, kind, at, event }): AuditRow => {
        const head = heads.get(teamspace_id)!
        head.seq += 1
        const placed = { teamspace_id, seq: head.seq, id, kind, at, event, hash: '' }
        head.hash = placed.hash = hashRow(keys, head.hash, placed)
        return placed
      })
      await write(tx, [...heads.values()])
    },
  }
}

async function selectHeads(tx: Db, ids: readonly string[], engine: Store['engine']) {
  let query = tx.selectFrom('audit_chain').selectAll().where('teamspace_id', 'in', padded(ids)).orderBy('teamspace_id')
  if (engine === 'postgres') query = query.forUpdate() // SQLite has one writer at a time in any case
  return new Map((await query.execute()).map((head) => [head.teamspace_id, head]))
}

/** To a power of two, so that few different statements are prepared. */
function padded(ids: readonly string[]): string[] {
  const size = 2 ** Math.ceil(Math.log2(ids.length))
  return Array.from({ length: size }, (_, index) => ids[Math.min(index, ids.length - 1)]!)
}

async function withoutWritten(tx: Db, rows: readonly NewAuditRow[]): Promise<NewAuditRow[]> {
  const ids = padded(rows.map(({ id }) => id))
  const found = await tx.selectFrom('audit').select('id').where('id', 'in', ids).execute()
  const written = new Set(found.map(({ id }) => id))
  return rows.filter(({ id }) => !written.has(id))
}

/**
 * A head that Sallyport did not write: somebody moved the end of the chain. What is appended must not make it good again,
 * so the chain goes on with a row that says so, which stays in it.
 */
async function resumeBroken(
  tx: Db,
  heads: readonly AuditChainRow[],
  { keys, at }: { readonly keys: ChainKeys; readonly at: number },
): Promise<NewAuditRow[]> {
  const suspects = heads.filter((head) => !isSealed(keys, head))
  if (suspects.length === 0) return []
  const ids = suspects.map(({ teamspace_id }) => teamspace_id)
  const ends = await tx
    .selectFrom('audit')
    .select((row) => ['teamspace_id', row.fn.max<number>('seq').as('seq')])
    .where('teamspace_id', 'in', ids)
    .groupBy('teamspace_id')
    .execute()
  const endOf = new Map(ends.map(({ teamspace_id, seq }) => [teamspace_id, seq]))
  return suspects.flatMap((head) => {
    const end = endOf.get(head.teamspace_id) ?? 0
    if (head.seal === '' && head.seq === 0 && end === 0) return [] // new
    const event = JSON.stringify({ actor: 'sallyport', action: BROKEN, before: { seq: head.seq, rows: end } })
    head.seq = Math.max(head.seq, end)
    return [{ teamspace_id: head.teamspace_id, id: nextAuditId(at), kind: 'admin', at, event } as const]
  })
}

/** The action of that row. */
export const BROKEN = 'audit.broken'
