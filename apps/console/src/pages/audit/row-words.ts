import type { AuditEntry } from './audit-queries.ts'

/** By what people are called; what was only claimed is said to be so. */
export function sayWho({ kind, actor, email, principal, subject, tokenId, claimed }: AuditEntry): string {
  if (kind === 'admin') return actor ?? 'somebody'
  if (email !== undefined) return tokenId === undefined ? email : `${email}, by token`
  if (principal === 'mcp_token') return `MCP token ${(tokenId ?? subject ?? '').slice(0, 8)}…`
  if (claimed?.name !== undefined || claimed?.id !== undefined) return `${claimed.name ?? claimed.id} (claimed)`
  if (principal === 'gateway') return 'the gateway in front'
  return subject ?? (principal === 'anonymous' ? 'anybody' : 'unknown')
}

const ACTIONS: Readonly<Record<string, string>> = {
  'audit.adopted': 'Older rows taken into the chain',
  'audit.pruned': 'Old rows removed, as configured',
  'connection.remove': 'Connection removed',
  'connection.set': 'Connection set',
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
