import { z } from 'zod'
import { isNetwork } from '../http/client-address.ts'
import { clustersSection } from './clusters-section.ts'
import { consoleSection } from './console-section.ts'
import { gatewaySection } from './gateway-section.ts'
import { kubernetesSection } from './kubernetes-section.ts'
import { openCallsSection, rateSection } from './limits-section.ts'
import { serverSection } from './server-section.ts'
import { telemetrySection } from './telemetry-section.ts'
import { authModes, httpUrl, name, origin, scope, secureOrigin, secureUrl } from './setting-types.ts'

const address = z.string().regex(/^(?:\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i, {
  error: 'must be HOST:PORT, such as 127.0.0.1:8080',
})

const azureAd = z.strictObject({
  tenantId: z.string().optional(),
  clientId: z.string().optional(),
  audience: z.string().max(1000).optional().describe('The client id and api://{client id}, parted by commas.'),
  instance: z
    .string()
    .max(300)
    .optional()
    .describe('Authority of the cloud. https://login.microsoftonline.com/ unless set.'),
  requiredRole: z
    .string()
    .min(1)
    .max(120)
    .nullable()
    .optional()
    .describe('App role that servers without appRoles of their own ask for. Mcp.Tool.Executor unless set; null: none.'),
})

const seconds = (fallback: number, max: number) => z.number().min(0).max(max).default(fallback)

/** `sallyport.yaml`, as operators write it. */
export const configFileSchema = z.strictObject({
  publicUrl: secureOrigin.describe('The one public address; every metadata document and issuer is built from it.'),
  listen: z
    .strictObject({ public: address.default('127.0.0.1:8080'), admin: address.default('127.0.0.1:8081') })
    .prefault({}),
  database: z
    .string()
    .regex(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+)$/, { error: 'must be sqlite:PATH or postgres://…' })
    .optional(),
  keyFile: z
    .string()
    .min(1)
    .optional()
    .describe('32 bytes in base64 that encrypt secrets at rest. SALLYPORT_KEY wins.'),
  clouds: z
    .record(name, z.strictObject({ authority: secureOrigin, graph: secureUrl.optional() }))
    .default({})
    .describe('Entra clouds beside global, usgov and china.'),
  clusters: clustersSection.describe('Kubernetes clusters whose API servers may be asked about tokens.'),
  kubernetes: kubernetesSection.optional(),
  servers: z
    .record(name, serverSection)
    .refine((servers) => Object.keys(servers).length > 0, { error: 'needs at least one server' }),
  auth: authModes
    .optional()
    .describe('Auth of servers that do not say. EntraJwt, unless set; MCP_AUTH_MODE wins over all.'),
  azureAd: azureAd
    .optional()
    .describe('The Entra connection of the default teamspace, declared here. AzureAd__… in the environment wins.'),
  gateway: gatewaySection
    .prefault({})
    .describe('How the gateway in front proves itself, for servers with auth Gateway.'),
  allowInsecurePublicBind: z
    .boolean()
    .default(false)
    .describe('With SALLYPORT_ALLOW_INSECURE_PUBLIC_BIND: auth None also where others can reach it.'),
  defaultServer: name.optional().describe('The server that the root metadata describes. The first, unless set.'),
  defaultTeamspace: name.optional().describe('Owner of /authorize and /token. The only teamspace, unless set.'),
  facade: z
    .strictObject({
      registration: z
        .enum(['none', 'static'])
        .default('none')
        .describe('static: /register hands out the gateway client id.'),
      resource: z
        .enum(['optional', 'required'])
        .default('optional')
        .describe('Whether clients must send resource (RFC 8707).'),
    })
    .prefault({}),
  allowedOrigins: z.array(origin).max(100).default([]).describe('Browser origins that may call, beside our own.'),
  allowedHosts: z
    .array(z.string().min(1).max(255))
    .max(100)
    .default([])
    .describe('Host header values, beside our own.'),
  trustedProxies: z
    .array(z.string().refine(isNetwork, { error: 'must be an address or a network, such as 10.0.0.0/8' }))
    .max(100)
    .default([])
    .describe('Peers whose X-Forwarded-For is believed. Nobody, unless set.'),
  allowPrivateIssuers: z
    .boolean()
    .default(false)
    .describe('Whether OIDC issuers of teamspaces may be at addresses of private networks.'),
  unmappedUserStatus: z
    .union([z.literal(401), z.literal(403)])
    .default(401)
    .describe('403 for clients that loop on 401.'),
  compat: z
    .strictObject({
      plainTextErrors: z.boolean().default(false).describe('Bodies of 401 in the words of kubernetes-mcp-server.'),
      jsonrpcErrors: z.boolean().default(false).describe('Bodies of 401 and 403 as JSON-RPC errors, code -32001.'),
    })
    .refine(({ plainTextErrors, jsonrpcErrors }) => !(plainTextErrors && jsonrpcErrors), {
      error: 'plainTextErrors and jsonrpcErrors are two bodies for one refusal: choose one',
    })
    .prefault({})
    .describe('For clients that read the bodies of refusals as other gateways write them.'),
  clockToleranceSeconds: seconds(60, 300),
  scopeHierarchy: z
    .record(scope, z.array(scope).min(1).max(50))
    .refine((scopes) => Object.keys(scopes).length <= 200, { error: 'has more than 200 entries' })
    .default({})
    .describe('Scopes that each scope stands for as well, such as mcp.admin: [mcp.write].'),
  limits: z
    .strictObject({
      messageBytes: z
        .number()
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(4 * 1024 * 1024),
      heldBytes: z
        .number()
        .int()
        .min(1024 * 1024)
        .default(256 * 1024 * 1024)
        .describe(
          'Bytes of messages that are still arriving and of lists that are filtered, of all callers together; a quarter as much again for SCIM.',
        ),
      listBytes: z
        .number()
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(4 * 1024 * 1024)
        .describe('The longest list of a server that is filtered for a caller.'),
      mcpTokens: z.number().int().min(1).max(100_000).default(200).describe('Active MCP tokens of one teamspace.'),
      mcpTokenMaxDays: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .optional()
        .describe('The longest that an MCP token may live; for ever, unless set.'),
      upstreamConnections: z.number().int().min(1).max(100_000).default(16_384),
      upstreamHeadersSeconds: seconds(300, 86_400).describe('Longest wait for the head of an answer.'),
      upstreamSilenceSeconds: seconds(3600, 86_400).describe('Longest silence within an answer. 0: no limit.'),
      rate: rateSection.prefault({}).describe('Who is told to wait with 429, and after how many calls.'),
      openCalls: openCallsSection.prefault({}).describe('How many calls may be open at once, in each process.'),
    })
    .prefault({}),
  groupsCacheSeconds: z
    .number()
    .int()
    .min(0)
    .max(900)
    .default(300)
    .describe('How long an answer of Microsoft Graph about the groups of a caller counts.'),
  telemetry: telemetrySection.prefault({}),
  console: consoleSection.prefault({}).describe('Who signs in to the console, and how.'),
  audit: z
    .strictObject({
      mode: z
        .enum(['best-effort', 'required'])
        .default('best-effort')
        .describe('required: no call is forwarded or answered before its row is on the disk.'),
      retentionDays: z
        .number()
        .int()
        .min(1)
        .max(36_500)
        .optional()
        .describe('Rows of the audit trail are removed when they are older; kept for ever, unless set.'),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      announceSeconds: z
        .number()
        .min(0)
        .max(300)
        .default(0)
        .describe('How long /readyz says 503 before no more calls are taken, so that a load balancer has noticed.'),
      callSeconds: z
        .number()
        .min(0)
        .max(600)
        .default(10)
        .describe(
          'How long calls under way may take to end. Event streams that were asked for by GET are cut at once.',
        ),
    })
    .prefault({})
    .describe('What happens at SIGTERM and SIGINT; a second one ends the process at once.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is logged.'),
  docsUrl: httpUrl.optional().describe('Where docs/denials.md is published; challenges then carry error_uri.'),
})

export type ConfigFile = z.infer<typeof configFileSchema>
