import { consoleSection } from './demo-console.ts'
import type { DemoTenant } from './demo-directory.ts'
import { urlOf } from './demo-ports.ts'
import type { DemoPorts } from './demo-ports.ts'

/** Files beside the demo's `sallyport.yaml`. */
export const FILES = {
  /** What the gateway in front shows. */
  gatewaySecret: 'gateway.secret',
  /** What the server behind is shown for callers whom nobody knows. */
  sharedCredential: 'shared-credential.header',
  /** What shows the cluster that it is Sallyport who asks whose a token is. */
  reviewer: 'cluster-reviewer.token',
} as const

export const CLUSTER = 'demo'
export const WORKLOAD_TEAMSPACE = 'globex'

export const upstreamUrlOf = ({ findings }: DemoPorts) => `${urlOf(findings)}/mcp`

/** The demo's `sallyport.yaml`: written anew at each start, since the ports are in it. */
export const demoConfigText = (
  ports: DemoPorts,
  tenants: readonly DemoTenant[],
): string => `# Written by \`npm start\`; edits are lost at the next start.
publicUrl: ${urlOf(ports.gate)}
listen:
  public: 127.0.0.1:${ports.gate}
  admin: 127.0.0.1:${ports.admin}
database: sqlite:./sallyport.db
clouds:
  emulator:
    authority: ${urlOf(ports.emulator)}
    graph: ${urlOf(ports.emulator)}/graph
clusters:
  ${CLUSTER}: { server: '${urlOf(ports.cluster)}', tokenFile: ${FILES.reviewer}, teamspaces: [${WORKLOAD_TEAMSPACE}] }
gateway:
  sentinel: { secretFiles: [${FILES.gatewaySecret}] }
${consoleSection(ports, tenants)}defaultTeamspace: acme
facade:
  registration: static
servers: # one server behind, and each way to it
  findings:
    path: /findings/mcp
    upstream: ${upstreamUrlOf(ports)}
    auth: [EntraJwt]
    outbound: { kind: entra-obo }
  scanner:
    path: /scanner/mcp
    upstream: ${upstreamUrlOf(ports)}
    auth: [Oidc, Token, Kubernetes]
    outbound: { kind: signed-identity, audience: '${upstreamUrlOf(ports)}' }
    toolRates: { rescan: { calls: 5, seconds: 60 } } # for each caller
  behind-gateway:
    path: /behind-gateway/mcp
    upstream: ${upstreamUrlOf(ports)}
    auth: Gateway
    outbound: { kind: static, valueFile: ${FILES.sharedCredential} }
  open:
    path: /open/mcp
    upstream: ${upstreamUrlOf(ports)}
    auth: None
    outbound: { kind: static, valueFile: ${FILES.sharedCredential} }
`
