import { upstreamUrlOf, WORKLOAD_TEAMSPACE } from './demo-config.ts'
import type { DemoTenant } from './demo-directory.ts'
import type { DemoFile } from './demo-files.ts'
import { OIDC_MEMBERS, OIDC_STRANGERS, OIDC_TEAMSPACE, WORKLOAD } from './demo-people.ts'
import { urlOf } from './demo-ports.ts'
import type { DemoPorts } from './demo-ports.ts'

export interface DemoSecrets {
  readonly operatorToken: string
  readonly mcpToken: string
  readonly gatewaySecret: string
  readonly clusterAdmin: string
}

export const TOKEN_TEAMSPACE = 'acme'

/** Addresses of one server as teamspaces have them. */
export const addressesOf = ({ gate }: DemoPorts) => ({
  placeOf: (slug: string, server: string) => `${urlOf(gate)}/t/${slug}/${server}/mcp`,
  anywhere: (server: string) => `${urlOf(gate)}/${server}/mcp`,
})

export function describeDemo(
  ports: DemoPorts,
  tenants: readonly DemoTenant[],
  secrets: DemoSecrets,
  tokenFile: string,
): DemoFile {
  const { placeOf, anywhere } = addressesOf(ports)
  const workloadUrl = placeOf(WORKLOAD_TEAMSPACE, 'scanner')
  return {
    publicUrl: urlOf(ports.gate),
    adminUrl: urlOf(ports.admin),
    emulatorUrl: urlOf(ports.emulator),
    identityProviderUrl: urlOf(ports.identityProvider),
    clusterUrl: urlOf(ports.cluster),
    upstreamUrl: upstreamUrlOf(ports),
    mcpUrl: anywhere('findings'),
    operatorToken: secrets.operatorToken,
    teamspaces: tenants.map(({ slug, tenantId, gatewayClientId, apiClientId, members, strangers }) => ({
      slug,
      mcpUrl: placeOf(slug, 'findings'),
      tenantId,
      gatewayClientId,
      apiClientId,
      users: members,
      strangers,
    })),
    oidc: {
      slug: OIDC_TEAMSPACE.slug,
      mcpUrl: placeOf(OIDC_TEAMSPACE.slug, 'scanner'),
      users: OIDC_MEMBERS,
      strangers: OIDC_STRANGERS,
    },
    mcpToken: { slug: TOKEN_TEAMSPACE, mcpUrl: anywhere('scanner'), token: secrets.mcpToken },
    kubernetes: {
      slug: WORKLOAD_TEAMSPACE,
      mcpUrl: workloadUrl,
      namespace: WORKLOAD.namespace,
      serviceAccount: WORKLOAD.name,
      audience: workloadUrl,
      tokenFile,
      adminToken: secrets.clusterAdmin,
    },
    gateway: { mcpUrl: anywhere('behind-gateway'), header: 'X-Gateway-Secret', secret: secrets.gatewaySecret },
    open: { mcpUrl: anywhere('open') },
  }
}
