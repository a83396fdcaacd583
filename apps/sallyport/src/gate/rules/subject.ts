import type { Subject } from '../../policies/decision.ts'
import type { AdmittedCall } from '../call.ts'

export interface Known {
  readonly scopes: ReadonlySet<string>
  readonly groups: Subject['groups']
}

const NONE: readonly string[] = []

interface Made {
  readonly proof: AdmittedCall['proof']
  readonly scopes: Known['scopes']
  readonly groups: Known['groups']
  readonly subject: Subject
}

/** The last of each principal: who calls again with the same token is the same subject. */
const subjects = new WeakMap<AdmittedCall['principal'], Made>()

/** The caller, as rules speak of callers. Undefined where nobody was proven, whom no rule can be about (S3-13). */
export function subjectOf({ proof, principal }: AdmittedCall, { scopes, groups }: Known): Subject | undefined {
  const last = subjects.get(principal)
  if (last && last.proof === proof && last.scopes === scopes && last.groups === groups) return last.subject
  const subject = toSubject(proof, principal, { scopes, groups })
  if (subject) subjects.set(principal, { proof, scopes, groups, subject })
  return subject
}

function toSubject(
  proof: AdmittedCall['proof'],
  principal: AdmittedCall['principal'],
  { scopes, groups }: Known,
): Subject | undefined {
  if (principal.kind !== 'member' && principal.kind !== 'mcp_token') return undefined
  if (proof.kind === 'gateway' || proof.kind === 'none') return undefined
  const isToken = principal.kind === 'mcp_token'
  return {
    kind: principal.kind,
    memberId: isToken ? principal.memberId : principal.id,
    tokenId: isToken ? principal.id : undefined,
    replacedTokenIds: isToken ? principal.replaced : undefined,
    role: principal.role,
    holderRole: isToken ? principal.holderRole : undefined,
    scopes,
    groups,
    appRoles: proof.kind === 'entra' ? proof.roles : NONE,
    issuer: isToken ? undefined : proof.issuer,
    clientId: proof.clientId,
    // Others have nowhere to ask for more.
    canStepUp: proof.kind === 'entra' || proof.kind === 'oidc',
  }
}
