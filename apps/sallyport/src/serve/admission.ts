import type { Admission } from '../gate/steps/admit.ts'
import { identityIssuer } from '../members/identity-issuer.ts'
import type { PersonalToken } from '../members/identity-issuer.ts'
import type { MemberLookup } from '../members/member-lookup.ts'
import type { Member } from '../members/member.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'

export interface AdmissionParts {
  readonly members: MemberLookup
  readonly mcpTokens: McpTokenLookup
  readonly makeMember: Admission['makeMember']
}

/** Who is let in, put together of the look-ups of members and of MCP tokens. */
export function createAdmission({ members, mcpTokens, makeMember }: AdmissionParts): Admission {
  return {
    get epoch() {
      return members.epoch + mcpTokens.epoch // neither ever falls, so a sum that stays is two that stayed
    },
    findMember: (token) => members.findByToken(token),
    makeMember,
    findMcpToken: (id) => mcpTokens.findUsable(id),
  }
}

/** The same question where it is not asked on every call: at the door of the admin API. */
export async function findOrMakeMember(admission: Admission, token: PersonalToken): Promise<Member | undefined> {
  const found = await admission.findMember(token)
  return found ?? admission.makeMember(token, identityIssuer(token))
}
