import { nextAuditId } from '../../audit/audit-id.ts'
import { connectionRepository } from '../../connections/connection-repository.ts'
import { issuerKeyOf } from '../../connections/connection.ts'
import type { EntraConnectionRecord } from '../../connections/connection.ts'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import { refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import type { StoredGroupSync } from './group-sync-repository.ts'
import type { SyncRun } from './group-sync.ts'
import { heldRepository } from './held-repository.ts'
import { summarizeHeld } from './read-held.ts'
import { runRepository } from './run-repository.ts'
import { isUnderWay, LEASE_MS, noteOwnRun } from './turn.ts'

export type RunRequest =
  | { readonly cause: 'schedule' }
  | { readonly cause: 'request' }
  /** `list` names the people whom the confirmer has seen. */
  | { readonly cause: 'confirmation'; readonly runId: string; readonly list: string }

export interface BegunRun {
  readonly run: SyncRun
  readonly teamspaceId: string
  readonly stored: StoredGroupSync
  readonly connection: EntraConnectionRecord | undefined
  readonly confirmedSet: string | undefined
}

const EVERY_MS = 30 * 60_000

/** Thirty minutes, more or less (S2E-01): teamspaces that were set up together need not run together for ever. */
export const nextRunAt = (now: number, { schedule }: { readonly schedule: boolean }): number | null =>
  schedule ? Math.round(now + EVERY_MS * (0.9 + Math.random() / 5)) : null

export const noGroupSync = (): Refusal =>
  refuse({ code: 'not_found', says: 'Group sync is not set up in this teamspace' })

export const unknownRun = (): Refusal => refuse({ code: 'not_found', says: 'There is no such run' })

/** Gives the turn to a new run, unless another one has it: here or on another replica (S2E-10). */
export function beginRun(editor: Editor, slug: string, request: RunRequest): Promise<BegunRun | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at }): Promise<BegunRun | Refusal> => {
    const { db } = tx
    const syncs = groupSyncRepository(db, teamspace.id)
    const runs = runRepository(db, teamspace.id)
    const stored = await syncs.find()
    if (!stored) return noGroupSync()
    if (isUnderWay(stored.lease, at, editor.store.engine)) return ALREADY_RUNNING
    if (request.cause === 'schedule' && !(stored.nextRunAt !== null && stored.nextRunAt <= at)) return NOT_DUE
    const connection = await connectionRepository(db, editor.store.sealer, teamspace.id).find('entra')
    const confirmedSet = request.cause === 'confirmation' ? await runs.findHeldSet(request.runId) : undefined
    if (request.cause === 'confirmation') {
      if (!(await runs.find(request.runId))) return unknownRun()
      if (confirmedSet === undefined || confirmedSet !== stored.heldSet) return WAITS_NO_MORE
      const held = heldRepository(db, teamspace.id, connection ? issuerKeyOf(connection) : '')
      if ((await summarizeHeld(held, confirmedSet)).list !== request.list) return LIST_CHANGED
    }
    const id = nextAuditId(at)
    const { cause } = request
    await runs.endAbandoned(at)
    await runs.begin({ id, cause, actor: editor.actor, at })
    noteOwnRun(id)
    await syncs.giveTurn({ runId: id, until: at + LEASE_MS }, nextRunAt(at, stored.settings))
    return { run: (await runs.find(id))!, teamspaceId: teamspace.id, stored, connection, confirmedSet }
  })
}

const ALREADY_RUNNING = refuse({ code: 'conflict', says: 'A run of this group sync is already running' })
const NOT_DUE = refuse({ code: 'conflict', says: 'The next run of this group sync is not due yet' })
export const WAITS_NO_MORE = refuse({
  code: 'conflict',
  says: 'This run does not wait for confirmation any more: a later one has decided, or the settings were changed',
})
const LIST_CHANGED = refuse({
  code: 'conflict',
  says: 'Whom this run would take out, or what would become of them, has changed since the list was read; read it again',
})
