import type { ConnectionView, EntraConnectionView } from '../connections/connection-view.ts'
import type { EntraGroupSource, KubernetesConnectionRecord } from '../connections/connection.ts'

export function headingOf(slug: string, view: ConnectionView): string {
  switch (view.kind) {
    case 'entra':
      return `${slug}: Entra tenant ${view.tenantId} (${view.cloud})`
    case 'oidc':
      return `${slug}: OpenID Connect issuer ${view.issuer}`
    case 'kubernetes':
      return `${slug}: Kubernetes cluster ${view.cluster}`
  }
}

export function describeConnection(view: ConnectionView): string[] {
  const { audience, requiredScope, jit } = view
  const lines = [`People bring tokens for ${audience}${withScope(requiredScope)}.`]
  if (view.kind === 'entra') lines.push(describeServer(view))
  if (view.kind === 'oidc' && view.subjectClaim !== undefined) lines.push(`Claim ${view.subjectClaim} identifies them.`)
  lines.push(...describeGroups(view))
  if (view.kind === 'kubernetes') lines.push(describeReview(view))
  if (jit) {
    const whoever = jit.claim === null ? 'Whoever signs in' : `Whoever has ${jit.values.join(' or ')} in ${jit.claim}`
    lines.push(`${whoever} becomes a member at the first call, as ${jit.role}.`)
  }
  return lines
}

const GROUPS_ARE_READ: Readonly<Record<EntraGroupSource, string>> = {
  token: 'Groups are read in tokens only.',
  graph: 'Groups are read at Microsoft Graph.',
  'token-then-graph': 'Groups are read in tokens, and at Microsoft Graph where a token does not say.',
}

function describeGroups(view: ConnectionView): string[] {
  if (view.kind === 'entra' && view.groups) return [GROUPS_ARE_READ[view.groups]]
  return view.kind === 'oidc' && view.groupsClaim !== undefined ? [`Claim ${view.groupsClaim} names their groups.`] : []
}

function describeReview({ verify, issuer, acceptUsers }: KubernetesConnectionRecord): string {
  const who = acceptUsers ? 'Service accounts and users' : 'Service accounts'
  if (issuer === undefined) return `${who} are verified by TokenReview.`
  return `${who} are verified by the keys of ${issuer}${verify === 'both' ? ', and by TokenReview' : ''}.`
}

function describeServer({ onBehalfOf, server }: EntraConnectionView): string {
  if (!onBehalfOf) return 'Servers behind get no token of their own.'
  const scope = server ? withScope(server.requiredScope) : ''
  return `Servers behind get tokens for ${server?.audience ?? onBehalfOf.scope}${scope}.`
}

const withScope = (scope: string | null): string => (scope === null ? ', whatever their scope' : ` with scope ${scope}`)
