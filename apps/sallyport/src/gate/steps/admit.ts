import type { MemberLookup } from '../../members/member-lookup.ts'
import { entraIssuerKey } from '../../members/member.ts'
import type { Member } from '../../members/member.ts'
import { advance } from '../call.ts'
import type { AdmittedCall, AuthenticatedCall } from '../call.ts'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { storeDown } from '../../outcome/fault.ts'

/**
 * Identity → member of the teamspace whose connection vouches for the token; a path that names another is refused.
 * Asked on every call, so that removing a person ends their access at once, whatever else is cached (S2B-23).
 */
export function admit(
  call: AuthenticatedCall,
  members: MemberLookup,
): AdmittedCall | Denial | Promise<AdmittedCall | Denial> {
  const { token, teamspace, record } = call
  if (teamspace && teamspace.id !== token.teamspaceId) {
    // The row stays with the teamspace whose door was tried; its owner should see the attempt.
    return deny({ code: 'teamspace_mismatch', expected: teamspace.slug })
  }
  record.teamspaceId = token.teamspaceId
  record.issuer = entraIssuerKey(token.cloud, token.tenantId)
  const { epoch } = members
  const found = members.find(token.teamspaceId, record.issuer, token.subject)
  return found instanceof Promise
    ? found.then((member) => admitted(call, member, epoch), storeDown('membership could not be looked up'))
    : admitted(call, found, epoch)
}

function admitted(call: AuthenticatedCall, member: Member | undefined, epoch: number): AdmittedCall | Denial {
  if (member === undefined) return deny({ code: 'member_unknown' })
  call.record.memberId = member.id
  call.record.email = member.email
  return advance(call, { member, admittedIn: epoch })
}
