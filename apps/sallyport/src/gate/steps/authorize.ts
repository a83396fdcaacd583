import { advance } from '../call.ts'
import type { AuthorizedCall, ReadCall } from '../call.ts'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'

/** Scopes and roles that the server asks for. Every call passes here with its messages read, tool rules included. */
export function authorize(call: ReadCall): AuthorizedCall | Denial {
  const { server, proof, principal } = call
  // Whoever stands in front decides who may do what; there is nothing proven here to judge by (S3-13).
  if (proof.kind === 'gateway' || proof.kind === 'none') return advance(call, 'authorize', { rule: proof.kind })

  if (!server.scopes.every((scope) => proof.scopes.includes(scope))) {
    return deny({ code: 'scope_insufficient', required: server.scopes, presented: proof.scopes })
  }
  const presentedRoles = proof.kind === 'entra' ? proof.roles : []
  const appRoles = server.appRoles ?? (isOfEntraTenant(call) ? server.entraAppRoles : undefined)
  if (appRoles !== undefined && !appRoles.some((appRole) => presentedRoles.includes(appRole))) {
    return deny({ code: 'app_role_missing', required: appRoles, presented: presentedRoles })
  }
  const { role } = principal
  if (role === undefined || (server.roles !== undefined && !server.roles.includes(role))) {
    return deny({ code: 'role_insufficient', required: server.roles ?? [], presented: role ?? 'none' })
  }
  return advance(call, 'authorize', { rule: `role:${role}` })
}

/**
 * An MCP token that a member holds stands for that member, and shows no app role: minted by somebody without the role,
 * it would be the way around it.
 */
const isOfEntraTenant = ({ proof, principal }: ReadCall): boolean =>
  proof.kind === 'entra' || (principal.kind === 'mcp_token' && principal.memberId !== undefined)
