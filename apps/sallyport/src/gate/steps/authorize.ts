import { advance } from '../call.ts'
import type { AuthorizedCall, ReadCall } from '../call.ts'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'

/** Scopes and roles that the server asks for. Every call passes here with its messages read, tool rules included. */
export function authorize(call: ReadCall): AuthorizedCall | Denial {
  const { server, token, member } = call
  if (!server.scopes.every((scope) => token.scopes.includes(scope))) {
    return deny({ code: 'scope_insufficient', required: server.scopes, presented: token.scopes })
  }
  if (server.roles !== undefined && !server.roles.includes(member.role)) {
    return deny({ code: 'role_insufficient', required: server.roles, presented: member.role })
  }
  return advance(call, { rule: `role:${member.role}` })
}
