import type { DirectoryMember } from '../directory/directory.ts'
import type { Group, User } from '../seed.ts'
import type { GraphCaller } from './graph-caller.ts'

export type Entity = Readonly<Record<string, unknown>>

const may = ({ permissions }: GraphCaller, ...anyOf: string[]): boolean =>
  anyOf.some((permission) => permissions.includes(permission))

export const mayReadUsers = (caller: GraphCaller): boolean => may(caller, 'User.ReadBasic.All', 'User.Read.All')

export const mayReadMemberships = (caller: GraphCaller): boolean => may(caller, 'GroupMember.Read.All')

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

export const toGroupEntity = (group: Group): Entity => ({
  id: group.id,
  displayName: group.displayName,
  securityEnabled: group.securityEnabled,
  mailEnabled: false,
  groupTypes: [],
})

export const toMemberEntity = (caller: GraphCaller, member: DirectoryMember): Entity =>
  member.kind === 'user'
    ? { '@odata.type': '#microsoft.graph.user', ...toUserEntity(caller, member.user) }
    : { '@odata.type': '#microsoft.graph.group', ...toGroupEntity(member.group) }
