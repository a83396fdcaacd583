import type { AuditEntry } from './audit-queries.ts'

/** By id. */
export type TokenNames = ReadonlyMap<string, string>

type Called = Pick<AuditEntry, 'email' | 'principal' | 'subject' | 'tokenId' | 'claimed'>

/** By what people are called; what was only claimed is said to be so. */
export function sayCaller({ email, principal, subject, tokenId, claimed }: Called, tokenNames: TokenNames): string {
  if (principal === 'mcp_token') {
    const id = tokenId ?? subject ?? ''
    const token = `MCP token ${tokenNames.get(id) ?? `${id.slice(0, 8)}…`}`
    return email === undefined ? token : `${email}, ${token}`
  }
  if (email !== undefined) return email
  if (claimed?.name !== undefined || claimed?.id !== undefined) return `${claimed.name ?? claimed.id} (claimed)`
  if (principal === 'gateway') return 'the gateway in front'
  return subject ?? (principal === 'anonymous' ? 'anybody' : 'nobody known')
}

export const sayWho = (entry: AuditEntry, tokenNames: TokenNames): string =>
  entry.kind === 'admin' ? (entry.actor ?? 'somebody') : sayCaller(entry, tokenNames)

const ACTIONS: Readonly<Record<string, string>> = {
  'audit.adopted': 'Older rows taken into the chain',
  'audit.pruned': 'Old rows removed, as configured',
  'connection.remove': 'Connection removed',
  'connection.set': 'Connection set',
  'group_sync.remove': 'Group sync ended',
  'group_sync.run': 'Group sync ran',
  'group_sync.set': 'Group sync set up',
  'mcp_token.mint': 'MCP token minted',
  'mcp_token.revoke': 'MCP token revoked',
  'mcp_token.rotate': 'MCP token rotated',
  'member.add': 'Member added',
  'member.change': 'Member changed',
  'member.import': 'Members imported',
  'member.remove': 'Member removed',
  'member.rename': 'Member’s e-mail changed',
  'member.source.add': 'Member vouched for by another source',
  'member.source.remove': 'Member no longer vouched for by a source',
  'policy.changed': 'Policy changed',
  'scim.group.create': 'Group created by SCIM',
  'scim.group.delete': 'Group removed by SCIM',
  'scim.group.update': 'Group changed by SCIM',
  'scim.user.create': 'Member added by SCIM',
  'scim.user.delete': 'Member removed by SCIM',
  'scim.user.update': 'Member changed by SCIM',
  'scim_token.create': 'SCIM token created',
  'scim_token.revoke': 'SCIM token revoked',
  'teamspace.change': 'Teamspace changed',
  'teamspace.create': 'Teamspace created',
  'teamspace.remove': 'Teamspace removed',
}

export const sayAction = (action: string): string => ACTIONS[action] ?? action
