import { insertAdminEvents } from '../audit/audit-repository.ts'
import type { Change } from '../store/change-feed.ts'
import type { Store, StoreTransaction } from '../store/store.ts'
import { refuse } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

/** Who changes what teamspaces own, where, and by which clock. */
export interface Editor {
  readonly store: Store
  readonly actor: string
  /** The actor, when it is a member; for the audit trail. */
  readonly memberId?: string | undefined
  readonly now: () => number
  /** Asked in the transaction of each change, before it is made: what was so when the request came may be so no more. */
  readonly check?: Check | undefined
}

export type Check = (edit: TeamspaceEdit) => Promise<Refusal | undefined>

/** What changed, in the words of the audit trail. `before` and `after` must hold nothing secret. */
export interface Edit {
  readonly action: string
  readonly kind: Exclude<Change['kind'], 'everything'>
  readonly before?: unknown
  readonly after?: unknown
}

export interface TeamspaceEdit {
  readonly tx: StoreTransaction
  readonly teamspace: Teamspace
  readonly at: number
  /** Writes the audit row and announces the change; nobody sees either before the commit. */
  record(edit: Edit): Promise<void>
  /** The same for many at once, in their order. */
  recordAll(edits: readonly Edit[]): Promise<void>
}

export const unknownTeamspace = (): Refusal => refuse({ code: 'not_found', says: 'There is no such teamspace' })

/**
 * One change to what a teamspace owns, in one transaction with its audit row. Changes of one teamspace take turns,
 * so `work` may look first and write after. It must refuse before it writes: a refusal commits.
 */
export function editTeamspace<Result extends object>(
  editor: Editor,
  slug: string,
  work: (edit: TeamspaceEdit) => Promise<Result | Refusal>,
): Promise<Result | Refusal> {
  return editor.store.transaction(async (tx) => {
    const teamspace = await teamspaceRepository(tx.db).lock(slug)
    if (!teamspace) return unknownTeamspace()
    const at = editor.now()
    const recordAll = (edits: readonly Edit[]) => recordEdits(editor, tx, { edits, teamspaceId: teamspace.id, at })
    const edit: TeamspaceEdit = { tx, teamspace, at, recordAll, record: (one) => recordAll([one]) }
    return (await editor.check?.(edit)) ?? work(edit)
  })
}

/** The editor, who asks this as well. */
export const withCheck = (editor: Editor, check: Check): Editor => ({
  ...editor,
  check: async (edit) => (await editor.check?.(edit)) ?? check(edit),
})

interface PlacedEdits {
  readonly edits: readonly Edit[]
  readonly teamspaceId: string
  readonly at: number
}

/** The audit rows and the announcement of changes to one teamspace, in their transaction. */
export async function recordEdits(
  { store, actor, memberId }: Editor,
  tx: StoreTransaction,
  { edits, teamspaceId, at }: PlacedEdits,
): Promise<void> {
  const events = edits.map(({ kind: _, ...event }) => ({ ...event, at, teamspaceId, actor, memberId }))
  await insertAdminEvents(store, tx, events)
  edits.forEach(({ kind }) => tx.changed({ kind, teamspaceId }))
}
