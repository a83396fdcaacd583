import { failure } from './group-sync.ts'
import type { SyncedGroup, SyncFailure } from './group-sync.ts'
import type { NoPage } from './member-page.ts'

/** What an admin can do about an answer of Graph's that is no page of members. */
export function explainNoPage({ status, code, retryAfterSeconds }: NoPage, group: SyncedGroup): SyncFailure {
  const said = `Microsoft Graph answered ${status}${code === undefined ? '' : ` ${code}`}.`
  if (status === 0) return failure('graph_unavailable', 'Microsoft Graph gave no usable answer. Try again later.')
  if (status === 404) return failure('group_not_found', `${said} ${noGroup(group.groupId)}`)
  if (status === 403) return failure('permission_missing', `${said} ${PERMISSIONS}`)
  if (status === 401) return failure('permission_missing', `${said} It does not take the token of the sync app.`)
  if (status === 429 || status === 503) {
    const wait = retryAfterSeconds === undefined ? '' : ` It asks to wait ${retryAfterSeconds} seconds.`
    return failure('throttled', `${said}${wait} The next run tries again.`)
  }
  if (status === 400) return failure('group_not_found', `${said} ${noGroup(group.groupId)}`)
  return failure('graph_unavailable', `${said} The next run tries again.`)
}

const noGroup = (groupId: string): string =>
  `There is no group ${groupId} in the tenant of the Entra connection. Compare it with Object ID on the group's page in Entra.`

const PERMISSIONS =
  'Give the sync app the application permissions GroupMember.Read.All and User.ReadBasic.All of Microsoft Graph, and grant admin consent. ' +
  'A group with hidden membership needs Member.Read.Hidden, too.'

/** The words that admins of other products search for (S2E-04). */
export const profilesHidden = (members: number): SyncFailure =>
  failure(
    'profiles_hidden',
    `Graph returned ${members} user members but their profile fields are null. ` +
      'Sync app needs User.ReadBasic.All in addition to GroupMember.Read.All.',
  )
