import { connectionRepository } from '../../connections/connection-repository.ts'
import type { EntraConnectionRecord } from '../../connections/connection.ts'
import { issuerKeyOf } from '../../connections/connection.ts'
import { findCloud } from '../../connections/find-cloud.ts'
import type { Store } from '../../store/store.ts'
import { refuseOwnersRemoval } from '../../members/member-rights.ts'
import { editTeamspace, unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { teamspaceRepository } from '../../teamspaces/teamspace-repository.ts'
import { nextRunAt, noGroupSync } from './begin-run.ts'
import type { GroupSync } from './create-group-sync.ts'
import type { FederatedCredential } from './federation.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import type { StoredGroupSync } from './group-sync-repository.ts'
import { ABANDONED, NO_CONNECTION } from './group-sync.ts'
import type { GroupSyncSettings, SyncRun } from './group-sync.ts'
import { takeSourceAway } from './revoke-users.ts'
import { runRepository } from './run-repository.ts'
import { SOURCE, syncedRepository } from './synced-repository.ts'
import { isUnderWay } from './turn.ts'

/** What the panel of a teamspace shows, also before anything is set up. */
export interface GroupSyncView {
  /** What the federated credential of the sync app must say. */
  readonly credential: FederatedCredential
  readonly settings: GroupSyncSettings | null
  readonly version: number
  readonly updatedAt: number | null
  /** When the schedule comes next; null without one. */
  readonly nextRunAt: number | null
  readonly lastRun: SyncRun | null
  /** The run that waits for confirmation. */
  readonly heldRunId: string | null
}

interface Viewing {
  readonly store: Store
  readonly now: () => number
}

export async function showGroupSync(
  { store, now }: Viewing,
  slug: string,
  groupSync: Pick<GroupSync, 'federation' | 'clouds'>,
): Promise<GroupSyncView | Refusal> {
  const { db, sealer } = store
  const teamspace = await teamspaceRepository(db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const stored = await groupSyncRepository(db, teamspace.id).find()
  const connection = await connectionRepository(db, sealer, teamspace.id).find('entra')
  const [lastRun] = toSeen(await runRepository(db, teamspace.id).list(1), stored, { store, now: now() })
  const credential = groupSync.federation.credentialFor(teamspace.id, cloudOf(connection, groupSync))
  const held = stored?.heldSet ? await runRepository(db, teamspace.id).findByHeldSet(stored.heldSet) : undefined
  return { credential, ...viewOf(stored), lastRun: lastRun ?? null, heldRunId: held ?? null }
}

const cloudOf = (connection: EntraConnectionRecord | undefined, { clouds }: Pick<GroupSync, 'clouds'>) =>
  connection && findCloud(clouds, connection.cloud)

const viewOf = (stored: StoredGroupSync | undefined) => ({
  settings: stored?.settings ?? null,
  version: stored?.version ?? 0,
  updatedAt: stored?.updatedAt ?? null,
  nextRunAt: stored?.nextRunAt ?? null,
})

/** The versions that a change may replace (`If-Match`); any, unless given. */
export type Replaces = readonly number[] | undefined

/** Sets up group sync, or replaces its settings whole; a run that is under way ends. */
export function setGroupSync(
  editor: Editor,
  slug: string,
  { settings, replaces }: { readonly settings: GroupSyncSettings; readonly replaces: Replaces },
): Promise<StoredGroupSync | Refusal> {
  return editTeamspace(editor, slug, async (edit): Promise<StoredGroupSync | Refusal> => {
    const { tx, teamspace, at, record } = edit
    const syncs = groupSyncRepository(tx.db, teamspace.id)
    const before = await syncs.find()
    const isOther = before?.settings.groupId !== settings.groupId // people of a group that was given up are still there
    const refused =
      refuseStale(before, replaces) ?? (isOther && (await refuseOwnersRemoval(edit, editor, isSyncedAlone)))
    if (refused) return refused
    const connection = await connectionRepository(tx.db, editor.store.sealer, teamspace.id).find('entra')
    if (!connection) return refuse({ code: 'conflict', says: NO_CONNECTION.says })
    const version = (before?.version ?? 0) + 1
    await syncs.save(settings, { version, at, nextRunAt: nextRunAt(at, settings) })
    await runRepository(tx.db, teamspace.id).deleteHeld(null)
    await record({ action: 'group_sync.set', kind: 'group_sync', before: before?.settings, after: settings })
    return (await syncs.find())!
  })
}

function refuseStale(before: StoredGroupSync | undefined, replaces: Replaces): Refusal | undefined {
  if (replaces === undefined || replaces.includes(before?.version ?? 0)) return undefined
  return refuse({ code: 'precondition_failed', says: 'The settings were changed meanwhile; read them again' })
}

const AT_ONCE = 200

/** Identities that end with group sync, or with the group that it reads. */
const isSyncedAlone = ({ sources }: { readonly sources: readonly string[] }): boolean =>
  sources.every((source) => source === SOURCE)

/** Ends group sync. The people whom it brought stay members, unless they are to be revoked as well. */
export async function removeGroupSync(
  editor: Editor,
  slug: string,
  { revoke, replaces }: { readonly revoke: boolean; readonly replaces: Replaces },
): Promise<{ readonly revoked: number } | Refusal> {
  const removed = await editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace, record } = edit
    const syncs = groupSyncRepository(tx.db, teamspace.id)
    const before = await syncs.find()
    const refused = before ? refuseStale(before, replaces) : noGroupSync()
    const refusal = refused ?? (revoke && (await refuseOwnersRemoval(edit, editor, isSyncedAlone)))
    if (refusal) return refusal
    await syncs.delete()
    const runs = runRepository(tx.db, teamspace.id)
    await runs.deleteHeld(null)
    await runs.deleteAll()
    await record({ action: 'group_sync.remove', kind: 'group_sync', before: before?.settings, after: { revoke } })
    return {}
  })
  if (isRefused(removed)) return removed
  // To its end, also when whoever asked is among those who go.
  return { revoked: revoke ? await revokeAll({ ...editor, check: undefined }, slug) : 0 }
}

/** A few hundred at a time, so that calls are not kept waiting. */
async function revokeAll(editor: Editor, slug: string): Promise<number> {
  for (let revoked = 0; ;) {
    const some = await editTeamspace(editor, slug, async (edit) => {
      const { tx, teamspace } = edit
      const connection = await connectionRepository(tx.db, editor.store.sealer, teamspace.id).find('entra')
      if (!connection) return { revoked: 0, found: 0 } // its people went with it
      const issuer = issuerKeyOf(connection)
      const people = await syncedRepository(tx.db, teamspace.id, issuer).list('', AT_ONCE)
      return { ...(await takeSourceAway(edit, issuer, people)), found: people.length }
    })
    if (isRefused(some)) return revoked
    revoked += some.revoked
    if (some.found < AT_ONCE) return revoked
  }
}

export async function listRuns(store: Store, slug: string, now: number): Promise<readonly SyncRun[] | Refusal> {
  const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const stored = await groupSyncRepository(store.db, teamspace.id).find()
  return toSeen(await runRepository(store.db, teamspace.id).list(), stored, { store, now })
}

interface Seeing {
  readonly store: Pick<Store, 'engine'>
  readonly now: number
}

/** A run that has lost its turn by dying does not run any more, though nobody has written that down yet. */
function toSeen(
  runs: readonly SyncRun[],
  stored: StoredGroupSync | undefined,
  { store, now }: Seeing,
): readonly SyncRun[] {
  const lease = stored?.lease
  if (!lease || isUnderWay(lease, now, store.engine)) return runs
  const error = { code: ABANDONED.failed, says: ABANDONED.says }
  return runs.map((run) =>
    run.id === lease.runId && run.outcome === 'running'
      ? { ...run, outcome: 'failed', endedAt: Math.min(lease.until, now), error }
      : run,
  )
}
