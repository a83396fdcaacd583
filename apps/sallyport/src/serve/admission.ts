import type { Admission } from '../gate/steps/admit.ts'
import type { MemberLookup } from '../members/member-lookup.ts'

export interface AdmissionParts {
  readonly members: MemberLookup
  readonly makeMember: Admission['makeMember']
}

/** Who is let in, put together of the look-ups of members and of MCP tokens. */
export function createAdmission({ members, makeMember }: AdmissionParts): Admission {
  return {
    get epoch() {
      return members.epoch
    },
    findMember: (teamspaceId, issuer, subject) => members.find(teamspaceId, issuer, subject),
    makeMember,
    findMcpToken: () => undefined,
  }
}
