import type { AppRegistration, Group, Tenant, User } from '../seed.ts'

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export const findUser = (tenant: Tenant, id: string): User | undefined => tenant.users.find((user) => user.id === id)

export const findUserByName = (tenant: Tenant, name: string): User | undefined =>
  tenant.users.find(
    (user) => sameText(user.userPrincipalName, name) || (user.mail !== null && sameText(user.mail, name)),
  )

export const findGroup = (tenant: Tenant, id: string): Group | undefined =>
  tenant.groups.find((group) => group.id === id)

/** Groups that hold `memberId` directly. */
export const directGroups = (tenant: Tenant, memberId: string): Group[] =>
  tenant.groups.filter((group) => group.members.includes(memberId))

/** Direct and nested. A group that contains itself through others is walked once. */
export function transitiveGroups(tenant: Tenant, memberId: string): Group[] {
  const groupsOf = new Map<string, Group[]>()
  for (const group of tenant.groups)
    for (const member of group.members) {
      const others = groupsOf.get(member)
      if (others) others.push(group)
      else groupsOf.set(member, [group])
    }
  const found = new Set<Group>()
  const pending = [memberId]
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const group of groupsOf.get(next) ?? [])
      if (!found.has(group)) {
        found.add(group)
        pending.push(group.id)
      }
  return [...found]
}

/** An application in this tenant is a service principal: its object may be in groups, as a person's. */
export const findServicePrincipal = (tenant: Tenant, objectId: string): AppRegistration | undefined =>
  tenant.apps.find((app) => app.objectId === objectId)

export type DirectoryMember =
  { kind: 'user'; user: User } | { kind: 'group'; group: Group } | { kind: 'servicePrincipal'; app: AppRegistration }

/** Made for one question: the directory is live, and a look through thousands of people for each of thousands is slow. */
function indexOf({ users, groups, apps }: Tenant): ReadonlyMap<string, DirectoryMember> {
  return new Map<string, DirectoryMember>([
    ...apps.map((app) => [app.objectId, { kind: 'servicePrincipal', app }] as const),
    ...groups.map((group) => [group.id, { kind: 'group', group }] as const),
    ...users.map((user) => [user.id, { kind: 'user', user }] as const),
  ])
}

function idOf(member: DirectoryMember): string {
  if (member.kind === 'user') return member.user.id
  return member.kind === 'group' ? member.group.id : member.app.objectId
}

const membersIn = (index: ReadonlyMap<string, DirectoryMember>, group: Group): DirectoryMember[] =>
  group.members.flatMap((id) => index.get(id) ?? [])

export const directMembers = (tenant: Tenant, group: Group): DirectoryMember[] => membersIn(indexOf(tenant), group)

export function transitiveMembers(tenant: Tenant, group: Group): DirectoryMember[] {
  const index = indexOf(tenant)
  const found = new Map<string, DirectoryMember>()
  const pending = [group]
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const member of membersIn(index, next)) {
      const id = idOf(member)
      if (found.has(id) || id === group.id) continue
      found.set(id, member)
      if (member.kind === 'group') pending.push(member.group)
    }
  return [...found.values()]
}

/** Assignment does not nest: only direct members of an assigned group are assigned (as in Entra). */
export function isAssigned(tenant: Tenant, app: AppRegistration, user: User): boolean {
  if (!app.assignmentRequired) return true
  const principals = [user.id, ...directGroups(tenant, user.id).map((group) => group.id)]
  return [...app.assignments, ...app.roleAssignments.map((assignment) => assignment.principalId)].some((id) =>
    principals.includes(id),
  )
}

/** Values of the app roles of `resource` that any of these principals holds. */
function assignedRoles(
  resource: Pick<AppRegistration, 'appRoles' | 'roleAssignments'>,
  principalIds: readonly string[],
  memberType: 'User' | 'Application',
): string[] {
  return resource.appRoles
    .filter((role) => role.allowedMemberTypes.includes(memberType))
    .filter((role) =>
      resource.roleAssignments.some(
        (held) => principalIds.includes(held.principalId) && (held.role === role.id || held.role === role.value),
      ),
    )
    .map((role) => role.value)
}

export const userRoles = (tenant: Tenant, resource: AppRegistration, user: User): string[] =>
  assignedRoles(resource, [user.id, ...directGroups(tenant, user.id).map((group) => group.id)], 'User')

export const clientRoles = (resource: AppRegistration, client: AppRegistration): string[] =>
  assignedRoles(resource, [client.appId, client.objectId], 'Application')
