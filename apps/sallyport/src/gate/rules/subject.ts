import type { Subject } from '../../policies/decision.ts'
import type { AdmittedCall } from '../call.ts'

export interface Known {
  readonly scopes: ReadonlySet<string>
  readonly groups: Subject['groups']
}

const NONE: readonly string[] = []

/** The caller, as rules speak of callers. Undefined where nobody was proven, whom no rule can be about (S3-13). */
export function subjectOf({ proof, principal }: AdmittedCall, { scopes, groups }: Known): Subject | undefined {
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
