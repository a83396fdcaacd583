import { connectionRepository } from '../../connections/connection-repository.ts'
import { unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { teamspaceRepository } from '../../teamspaces/teamspace-repository.ts'
import type { Store } from '../../store/store.ts'
import { noGroupSync } from './begin-run.ts'
import { explainNoPage, profilesHidden } from './explain-graph.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import { isFailure, NO_CONNECTION } from './group-sync.ts'
import type { SyncedGroup, SyncFailure } from './group-sync.ts'
import { fetchMemberPage } from './member-page.ts'
import { hidesProfiles, membersUrl } from './read-members.ts'
import { askSyncToken } from './sync-token.ts'
import type { SyncToken, SyncTokenOptions } from './sync-token.ts'

/** A few suffice: what is hidden is hidden of all. */
const SAMPLE = 10
const TEST_MS = 30_000

export interface SyncTest {
  readonly outcome: 'ok' | SyncFailure['failed']
  /** One or two plain sentences; for a failure, what to do about it. */
  readonly says: string
  readonly members?: number
}

interface TestOptions extends SyncTokenOptions {
  readonly store: Store
  readonly now: () => number
}

/** Asks as a run would, of the saved group or of one that is about to be (S2E-05). Saves nothing. */
export async function testSync(
  slug: string,
  given: SyncedGroup | undefined,
  options: TestOptions,
): Promise<SyncTest | Refusal> {
  const { db, sealer } = options.store
  const teamspace = await teamspaceRepository(db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const group = given ?? (await groupSyncRepository(db, teamspace.id).find())?.settings
  if (!group) return noGroupSync()
  const connection = await connectionRepository(db, sealer, teamspace.id).find('entra')
  if (!connection) return toTest(NO_CONNECTION)
  const token = await askSyncToken(connection, group.clientId, options)
  return toTest(isFailure(token) ? token : await countMembers(token, group, options))
}

async function countMembers(
  { graph, accessToken }: SyncToken,
  group: SyncedGroup,
  { fetch, now }: TestOptions,
): Promise<number | SyncFailure> {
  const signal = AbortSignal.timeout(TEST_MS)
  const url = membersUrl({ ...group, graph }, SAMPLE)
  const page = await fetchMemberPage(url, { fetch, accessToken, now, signal })
  if (!('users' in page)) return explainNoPage(page, group)
  const members = page.total ?? page.users.length
  return hidesProfiles(page.users) ? profilesHidden(members) : members
}

const toTest = (found: number | SyncFailure): SyncTest =>
  typeof found === 'number'
    ? { outcome: 'ok', says: `Connected. Group has ${found} members.`, members: found }
    : { outcome: found.failed, says: found.says }
