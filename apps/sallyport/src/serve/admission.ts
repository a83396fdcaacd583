import type { Admission } from '../gate/steps/admit.ts'
import type { MemberLookup } from '../members/member-lookup.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'

export interface AdmissionParts {
  readonly members: MemberLookup
  readonly mcpTokens: McpTokenLookup
}

/** Who is let in, put together of the look-ups of members and of MCP tokens. */
export function createAdmission({ members, mcpTokens }: AdmissionParts): Admission {
  return {
    get epoch() {
      return members.epoch + mcpTokens.epoch // neither ever falls, so a sum that stays is two that stayed
    },
    findMember: (teamspaceId, issuer, subject) => members.find(teamspaceId, issuer, subject),
    makeMember: () => Promise.resolve(undefined),
    findMcpToken: (id) => mcpTokens.findUsable(id),
  }
}
