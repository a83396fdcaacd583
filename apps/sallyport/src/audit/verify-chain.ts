import type { Store } from '../store/store.ts'
import { auditChainOf, BROKEN } from './audit-chain.ts'
import type { AuditChainRow, AuditRow } from './audit.table.ts'
import { isHashOf, isSealed } from './chain-hash.ts'

/** How far a chain was found whole. */
export interface ChainPlace {
  readonly seq: number
  readonly hash: string
}

export interface ChainProblem {
  readonly kind: 'altered' | 'removed' | 'inserted' | 'head_altered' | 'head_missing' | 'was_broken'
  /** The first row that is not as it was written. */
  readonly seq: number
  readonly id?: string
  readonly says: string
}

export interface ChainPage {
  readonly teamspaceId: string
  readonly checked: number
  /** Up to here all is whole. */
  readonly place: ChainPlace
  /** The rows before this one were pruned; 0 when none were. */
  readonly prunedTo: number
  readonly problem?: ChainProblem
  /** Set when the end of the chain was reached, and all of it is whole. */
  readonly isWhole: boolean
}

const BEGINNING: ChainPlace = { seq: 0, hash: '' }

/**
 * Checks the next rows of a chain after a place that was found whole. The head is read before the rows and again after
 * them, since calls go on and old rows are pruned meanwhile: neither is mistaken for tampering.
 */
export async function verifyChainPage(
  store: Store,
  teamspaceId: string,
  { after = BEGINNING, limit = 1_000 }: { readonly after?: ChainPlace; readonly limit?: number } = {},
): Promise<ChainPage> {
  const { keys } = auditChainOf(store)
  const before = await findHead(store, teamspaceId)
  const rows = await rowsAfter(store, teamspaceId, { seq: Math.max(after.seq, before?.first_seq ?? 0), limit })
  const head = await findHead(store, teamspaceId)
  const found = (place: ChainPlace, problem?: ChainProblem, isWhole = false): ChainPage => ({
    teamspaceId,
    checked: place.seq - Math.max(after.seq, head?.first_seq ?? 0),
    place,
    prunedTo: head?.first_seq ?? 0,
    ...(problem && { problem }),
    isWhole,
  })
  if (!head || !before) return found(after, headMissing(rows[0]))
  if (!isSealed(keys, head)) return found(after, headAltered(head))

  let place: ChainPlace = after.seq < head.first_seq ? { seq: head.first_seq, hash: head.first_hash } : after
  for (const row of rows) {
    if (row.seq <= place.seq) continue // pruned since it was read
    const problem = problemOf(row, place, head) ?? (isHashOf(keys, place.hash, row) ? wasBroken(row) : altered(row))
    if (problem) return found(place, problem)
    place = { seq: row.seq, hash: row.hash }
  }
  if (rows.length === limit) return found(place)
  if (place.seq < before.seq) return found(place, removedAtEnd(place.seq + 1, before.seq))
  if (place.seq === head.seq && place.hash !== head.hash) return found(place, headAltered(head))
  return found(place, undefined, true)
}

const findHead = (store: Store, teamspaceId: string): Promise<AuditChainRow | undefined> =>
  store.db.selectFrom('audit_chain').selectAll().where('teamspace_id', '=', teamspaceId).executeTakeFirst()

const rowsAfter = (
  store: Store,
  teamspaceId: string,
  { seq, limit }: { readonly seq: number; readonly limit: number },
): Promise<AuditRow[]> =>
  store.db
    .selectFrom('audit')
    .selectAll()
    .where('teamspace_id', '=', teamspaceId)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute()

function problemOf(row: AuditRow, place: ChainPlace, head: AuditChainRow): ChainProblem | undefined {
  const expected = place.seq + 1
  if (row.seq > head.seq) {
    return { kind: 'inserted', seq: row.seq, id: row.id, says: `row ${row.seq} stands behind the end of the chain` }
  }
  if (row.seq === expected) return undefined
  const last = row.seq - 1
  const which = last === expected ? `row ${expected} is` : `rows ${expected} to ${last} are`
  return { kind: 'removed', seq: expected, says: `${which} missing` }
}

const altered = ({ seq, id }: AuditRow): ChainProblem => ({
  kind: 'altered',
  seq,
  id,
  says: `row ${seq} (${id}) is not what was written there: it was altered, moved or inserted`,
})

function wasBroken({ seq, id, kind, event }: AuditRow): ChainProblem | undefined {
  if (kind !== 'admin' || !event.includes(BROKEN)) return undefined
  const { action } = JSON.parse(event) as { action?: unknown }
  if (action !== BROKEN) return undefined
  return { kind: 'was_broken', seq, id, says: `at row ${seq} Sallyport found the end of the chain moved, and went on` }
}

const removedAtEnd = (from: number, to: number): ChainProblem => ({
  kind: 'removed',
  seq: from,
  says: from === to ? `row ${from}, the last, is missing` : `rows ${from} to ${to}, the last, are missing`,
})

const headAltered = ({ seq }: AuditChainRow): ChainProblem => ({
  kind: 'head_altered',
  seq,
  says: `the end of the chain is recorded as row ${seq}, which is not what Sallyport wrote: rows may be missing`,
})

const headMissing = (first: AuditRow | undefined): ChainProblem => ({
  kind: 'head_missing',
  seq: first?.seq ?? 0,
  says: 'the chain has no recorded end: it was removed, with or without its rows',
})
