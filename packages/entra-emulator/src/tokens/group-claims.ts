import { directGroups, transitiveGroups } from '../directory/directory.ts'
import type { AppRegistration, Group, Tenant, User } from '../seed.ts'

/** JWTs carry at most this many groups; beyond it they name a place to ask. */
const MAX_GROUPS = 200

function groupsFor(tenant: Tenant, app: AppRegistration, user: User): Group[] {
  switch (app.groupMembershipClaims) {
    case 'None':
      return []
    case 'All':
      return transitiveGroups(tenant, user.id)
    case 'SecurityGroup':
      return transitiveGroups(tenant, user.id).filter((group) => group.securityEnabled)
    case 'ApplicationGroup':
      return directGroups(tenant, user.id).filter((group) => app.assignments.includes(group.id))
  }
}

export function groupClaims(tenant: Tenant, app: AppRegistration, user: User): Record<string, unknown> {
  const groups = groupsFor(tenant, app, user).map((group) => group.id)
  if (groups.length === 0) return {}
  if (groups.length <= MAX_GROUPS) return { groups }
  const endpoint = `https://graph.windows.net/${tenant.id}/users/${user.id}/getMemberObjects`
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } }
}
