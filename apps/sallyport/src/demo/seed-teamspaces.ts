import type { AdminClient } from '../cli/admin-client.ts'
import type { DemoTenant } from './demo-directory.ts'

/** Sets up each tenant's teamspace at the first start; what was changed since then is left alone. */
export async function seedTeamspaces(client: AdminClient, tenants: readonly DemoTenant[]): Promise<void> {
  const { teamspaces } = await client.send<{ teamspaces: { slug: string }[] }>('GET', '/teamspaces')
  const known = new Set(teamspaces.map(({ slug }) => slug))
  for (const tenant of tenants) if (!known.has(tenant.slug)) await seedTeamspace(client, tenant)
}

async function seedTeamspace(client: AdminClient, tenant: DemoTenant): Promise<void> {
  const { slug, name, members } = tenant
  await client.send('POST', '/teamspaces', { slug, name })
  await client.send('PUT', `/teamspaces/${slug}/connections/entra`, entraConnectionOf(tenant))
  for (const [index, { name: displayName, email, oid }] of members.entries()) {
    await client.send('POST', `/teamspaces/${slug}/members`, {
      displayName,
      email,
      objectId: oid,
      role: index === 0 ? 'owner' : 'developer',
    })
  }
}

export const entraConnectionOf = ({ tenantId, gatewayClientId, gatewaySecret, apiClientId }: DemoTenant) => ({
  kind: 'entra',
  cloud: 'emulator',
  tenantId,
  audience: gatewayClientId,
  requiredScope: 'Mcp.Gateway.Access',
  onBehalfOf: {
    clientId: gatewayClientId,
    credential: { kind: 'secret', secret: gatewaySecret },
    scope: `api://${apiClientId}/.default`,
  },
  server: { audience: apiClientId, requiredScope: 'mcp.access' },
})

interface ConnectionView {
  readonly kind: string
  readonly audience: string
  readonly issuer?: string
}

export async function findConnection(client: AdminClient, slug: string, kind: string) {
  const path = `/teamspaces/${slug}/connections`
  const { connections } = await client.send<{ connections: ConnectionView[] }>('GET', path)
  return connections.find((connection) => connection.kind === kind)
}
