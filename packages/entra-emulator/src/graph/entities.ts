import type { DirectoryMember } from '../directory/directory.ts'
import type { AppRegistration, Group, User } from '../seed.ts'
import type { GraphCaller } from './graph-caller.ts'

export type Entity = Readonly<Record<string, unknown>>

const may = ({ permissions }: GraphCaller, ...anyOf: string[]): boolean =>
  anyOf.some((permission) => permissions.includes(permission))

export const mayReadUsers = (caller: GraphCaller): boolean => may(caller, 'User.ReadBasic.All', 'User.Read.All')

export const mayReadGroups = (caller: GraphCaller): boolean => may(caller, 'GroupMember.Read.All', 'Directory.Read.All')

/** Graph documents for each kind of principal on its own who may read its memberships. */
export const mayReadMembershipsOf = (caller: GraphCaller, kind: 'user' | 'servicePrincipal'): boolean =>
  kind === 'user'
    ? may(caller, 'User.Read.All', 'GroupMember.Read.All', 'Directory.Read.All')
    : may(caller, 'Application.Read.All', 'Directory.Read.All')

/** Without a permission for profiles a member is there, but with null fields, and nothing says so. */
export function toUserEntity(caller: GraphCaller, user: User): Entity {
  const basic = mayReadUsers(caller) || (caller.userId === user.id && may(caller, 'User.Read'))
  const full = may(caller, 'User.Read.All') || (caller.userId === user.id && may(caller, 'User.Read'))
  return {
    id: user.id,
    displayName: basic ? user.displayName : null,
    mail: basic ? user.mail : null,
    userPrincipalName: basic ? user.userPrincipalName : null,
    accountEnabled: full ? user.accountEnabled : null,
    userType: full ? (user.guest ? 'Guest' : 'Member') : null,
  }
}

/** As a member is, a group is there for whoever may not read groups, but for its id without content. */
export function toGroupEntity(caller: GraphCaller, { id, displayName, securityEnabled }: Group): Entity {
  if (mayReadGroups(caller)) return { id, displayName, securityEnabled, mailEnabled: false, groupTypes: [] }
  return { id, displayName: null, securityEnabled: null, mailEnabled: null, groupTypes: [] }
}

function toServicePrincipalEntity(caller: GraphCaller, { objectId, appId, displayName }: AppRegistration): Entity {
  const readable = mayReadMembershipsOf(caller, 'servicePrincipal')
  return { id: objectId, appId: readable ? appId : null, displayName: readable ? displayName : null }
}

export function toMemberEntity(caller: GraphCaller, member: DirectoryMember): Entity {
  const type = { '@odata.type': `#microsoft.graph.${member.kind}` }
  switch (member.kind) {
    case 'user':
      return { ...type, ...toUserEntity(caller, member.user) }
    case 'group':
      return { ...type, ...toGroupEntity(caller, member.group) }
    case 'servicePrincipal':
      return { ...type, ...toServicePrincipalEntity(caller, member.app) }
  }
}
