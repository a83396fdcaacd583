import { insertAdminEvent } from '../audit/audit-repository.ts'
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
}

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
    return work({
      tx,
      teamspace,
      at,
      record: (edit) => recordEdit(editor, tx, { ...edit, teamspaceId: teamspace.id, at }),
    })
  })
}

/** The audit row and the announcement of one change, in its transaction. */
export async function recordEdit(
  editor: Editor,
  tx: StoreTransaction,
  { kind, ...event }: Edit & { teamspaceId: string; at: number },
): Promise<void> {
  await insertAdminEvent(editor.store, tx, { ...event, actor: editor.actor, memberId: editor.memberId })
  tx.changed({ kind, teamspaceId: event.teamspaceId })
}
