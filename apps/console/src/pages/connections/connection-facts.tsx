import { Facts } from '../../ui/facts.tsx'
import type { Fact } from '../../ui/facts.tsx'
import { Time } from '../../ui/time.tsx'
import type { Connection, EntraConnection, JustInTime, KubernetesConnection, OidcConnection } from './connection.ts'

const mono = (text: string | null | undefined) => (text ? <span className="mono">{text}</span> : undefined)
const list = (values: readonly string[]) => mono(values.join(', '))

/** A connection as it is saved. What is as it usually is, is left out. */
export function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  const { jit, updatedAt } = connection
  return (
    <Facts
      facts={[
        ...factsOf(connection),
        { label: 'First calls', value: jit && jitText(jit) },
        { label: 'Changed', value: <Time at={updatedAt} /> },
      ]}
    />
  )
}

function factsOf(connection: Connection): readonly Fact[] {
  switch (connection.kind) {
    case 'entra':
      return entraFacts(connection)
    case 'oidc':
      return oidcFacts(connection)
    case 'kubernetes':
      return kubernetesFacts(connection)
  }
}

const CREDENTIALS = { secret: 'Client secret', certificate: 'Certificate', federated: 'Federated token file' } as const
const GROUPS = { token: 'In the token only', graph: 'At Microsoft Graph only', 'token-then-graph': undefined } as const

const scopeFact = (scope: string | null): Fact => ({
  label: 'Required scope',
  value: mono(scope) ?? 'None: any scope or role does',
})

function entraFacts(connection: EntraConnection): readonly Fact[] {
  const { onBehalfOf, server, cloud, facade } = connection
  return [
    { label: 'Tenant ID', value: mono(connection.tenantId) },
    { label: 'Cloud', value: cloud === 'global' ? undefined : mono(cloud) },
    { label: 'Audience', value: mono(connection.audience) },
    scopeFact(connection.requiredScope),
    { label: 'Accepted roles', value: list(connection.acceptedRoles) },
    { label: 'Allowed clients', value: list(connection.allowedClients) },
    { label: 'On-Behalf-Of', value: onBehalfOf ? mono(onBehalfOf.scope) : 'Off: servers get no Entra token' },
    {
      label: 'Gateway’s credential',
      value: onBehalfOf && `${CREDENTIALS[onBehalfOf.credential.kind]}, set`,
    },
    { label: 'The API’s audience', value: mono(server?.audience) },
    { label: 'Scope in its tokens', value: mono(server?.requiredScope) },
    { label: 'Groups', value: connection.groups && GROUPS[connection.groups] },
    { label: 'Redirect URIs', value: list(facade.redirectUris) },
    {
      label: 'Token endpoint',
      value: facade.clientAuth === 'inject' ? 'Sallyport adds the gateway’s credential' : undefined,
    },
  ]
}

const oidcFacts = (connection: OidcConnection): readonly Fact[] => [
  { label: 'Issuer', value: mono(connection.issuer) },
  { label: 'Product', value: connection.provider },
  { label: 'Audience', value: mono(connection.audience) },
  scopeFact(connection.requiredScope),
  { label: 'Allowed clients', value: list(connection.allowedClients) },
  { label: 'Identifying claim', value: mono(connection.subjectClaim) },
  { label: 'Groups claim', value: mono(connection.groupsClaim) },
  { label: 'Address of the keys', value: mono(connection.keysUrl) },
]

const VERIFIED_BY = {
  tokenreview: 'The API server (TokenReview)',
  oidc: 'The issuer’s keys',
  both: 'The issuer’s keys and the API server',
} as const

function kubernetesFacts(connection: KubernetesConnection): readonly Fact[] {
  const { verify, issuer } = connection
  const resolved = verify === 'auto' ? (issuer === undefined ? 'tokenreview' : 'oidc') : verify
  return [
    { label: 'Cluster', value: mono(connection.cluster) },
    { label: 'Audience', value: mono(connection.audience) },
    { label: 'Verified by', value: VERIFIED_BY[resolved] },
    { label: 'Issuer', value: mono(issuer) },
    { label: 'Required scope', value: mono(connection.requiredScope) },
    { label: 'Let in', value: connection.acceptUsers ? 'Service accounts and users' : 'Service accounts only' },
  ]
}

function jitText({ role, claim, values }: JustInTime): string {
  const who = claim === null ? 'Whoever signs in' : `Whoever has ${values.join(' or ')} in ${claim}`
  return `${who} becomes a member, as ${role}`
}
