import { z } from 'zod'
import { SENTINEL_HEADER } from '../apim/names.ts'
import { AUTH_MODES, parseAuthModes, VALID_MODES } from './auth-mode.ts'
import { clustersSection } from './clusters-section.ts'
import { kubernetesSection } from './kubernetes-section.ts'
import { httpUrl, INSECURE, isSecure, name, secureUrl } from './setting-types.ts'

const origin = httpUrl.refine((text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ''), {
  error: 'must be an origin: scheme, host and port, nothing after them',
})

const secureOrigin = origin.refine(isSecure, INSECURE)

const address = z.string().regex(/^(?:\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/i, {
  error: 'must be HOST:PORT, such as 127.0.0.1:8080',
})

const RESERVED_PATH = /^\/(?:t|\.well-known|authorize|token|register|healthz|readyz)(?:\/|$)/

const path = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9._~-]+)+$/, {
    error: 'must be an absolute path without a slash at its end, such as /findings/mcp',
  })
  .refine((text) => !RESERVED_PATH.test(text) && !/\/\.\.?(?:\/|$)/.test(text), {
    error: 'is a path that Sallyport keeps',
  })

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'must be a header name' })

/** Credentials, our own identity headers, message framing and the session: passed on as they came, they would undo the gate's own work. */
const NEVER_FORWARDED =
  /^(?:authorization|cookie2?|proxy-.*|x[-_]sallyport[-_].*|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(?:length|type|encoding)|mcp-session-id)$/

/** What gateways say of callers: a server behind that believed it would believe whoever wrote it (X-52, S3-18). */
const CLAIMS_IDENTITY = /^(?:x-ms-(?:client-principal|token-).*|x-gateway-secret|x-mcp-(?:userid|username|roles))$/

const forwardedHeader = headerName
  .toLowerCase()
  .refine((name) => !NEVER_FORWARDED.test(name), { error: 'is a header that Sallyport never passes on' })
  .refine((name) => !CLAIMS_IDENTITY.test(name.replaceAll('_', '-')), {
    error: 'says who is calling; such a header never passes, since any caller can write it',
  })

/** Framing, and what callers send themselves: beside theirs, a server could take the caller's value for ours. */
const NEVER_STATIC =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(?:length|type|encoding)|mcp-.*|accept(?:-language)?|last-event-id|user-agent|traceparent|tracestate|baggage)$/

const staticHeader = headerName.toLowerCase().refine((name) => !NEVER_STATIC.test(name), {
  error: 'is a header that callers or Sallyport itself set',
})

const upstream = httpUrl.refine(
  (text) => {
    if (!URL.canParse(text)) return true // said already
    const { username, password, hash } = new URL(text)
    return username + password + hash === ''
  },
  { error: 'must have no user information, which belongs into outbound, and no fragment' },
)

const outbound = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('entra-obo').describe('A token minted for the server and the person, by On-Behalf-Of.'),
  }),
  z
    .strictObject({
      kind: z.literal('static').describe("A secret of the operator's, the same for every caller."),
      header: staticHeader.default('authorization'),
      value: z.string().min(1).max(8192).optional().describe('The whole header value. Prefer valueFile.'),
      valueFile: z.string().min(1).optional().describe('A file that holds the header value; read at start.'),
    })
    .refine(({ value, valueFile }) => (value === undefined) !== (valueFile === undefined), {
      error: 'needs exactly one of value and valueFile',
    }),
  z.strictObject({
    kind: z.literal('signed-identity').describe('A JWT about the caller that Sallyport signs, valid for a minute.'),
    audience: z
      .string()
      .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must be one word of printable ASCII' })
      .optional()
      .describe('What the server knows itself by. The upstream URL without its query, unless set.'),
    header: staticHeader
      .default('authorization')
      .describe('authorization carries it as Bearer, any other header bare.'),
  }),
  z.strictObject({ kind: z.literal('none').describe('No credential: the server trusts the network.') }),
])

/** A mode, several parted by commas, or a list; in any case, as in the environment. */
const authModes = z
  .union([z.string().meta({ examples: [...AUTH_MODES] }), z.array(z.string().meta({ examples: [...AUTH_MODES] }))], {
    error: VALID_MODES,
  })
  .transform((written, context) => {
    const parsed = parseAuthModes(written)
    if ('value' in parsed) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.problem })
    return z.NEVER
  })

/** What the gateway in front proves itself with; a header that callers may send on their own could not. */
const sentinelHeader = staticHeader.refine((name) => name !== 'authorization' && name !== 'cookie', {
  error: 'is a header of callers',
})

const gateway = z.strictObject({
  sentinel: z
    .strictObject({
      header: sentinelHeader.default(SENTINEL_HEADER.toLowerCase()),
      secretFiles: z
        .array(z.string().min(1))
        .max(2)
        .default([])
        .describe('The secret, and a second one while it is changed. MCP_GATEWAY_SECRET wins.'),
    })
    .prefault({}),
  callerHeaders: z
    .array(
      z.strictObject({
        name: headerName.toLowerCase().refine((name) => name !== 'authorization' && !name.startsWith('cookie'), {
          error: 'holds a credential, which Gateway mode never reads',
        }),
        format: z.enum(['easyauth', 'swa', 'plain', 'jwt-unverified']),
        as: z.enum(['id', 'name', 'idp']).default('id').describe('What a plain header says.'),
      }),
    )
    .max(10)
    .default([{ name: 'x-ms-client-principal', format: 'easyauth', as: 'id' }])
    .describe('Headers in which the gateway names the caller; for the audit trail only, and only with a sentinel.'),
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

const server = z.strictObject({
  path: path.describe('Where clients reach the server; also served below /t/{teamspace}.'),
  upstream: upstream.describe('URL of the MCP endpoint behind the gate.'),
  auth: authModes
    .optional()
    .describe('Credentials that the outer door takes; or Gateway or None, alone. As `auth` above, unless set.'),
  outbound: outbound.describe('The inner door: what the server behind is shown.'),
  roles: z
    .array(z.enum(['owner', 'admin', 'developer']))
    .min(1)
    .optional()
    .describe('Member roles that may call. All, unless set.'),
  appRoles: z
    .array(z.string().min(1).max(120))
    .min(1)
    .optional()
    .describe('App roles of Entra tokens, one of which is needed (roles claim).'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .default([])
    .describe("Scopes needed beside the connection's own."),
  resourcePath: path.optional().describe('Path of the resource that the root metadata names, when shorter than path.'),
  forwardHeaders: z
    .array(forwardedHeader)
    .max(50)
    .default([])
    .describe('Further request headers that reach the server.'),
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
    .record(name, server)
    .refine((servers) => Object.keys(servers).length > 0, { error: 'needs at least one server' }),
  auth: authModes
    .optional()
    .describe('Auth of servers that do not say. EntraJwt, unless set; MCP_AUTH_MODE wins over all.'),
  azureAd: azureAd
    .optional()
    .describe('The Entra connection of the default teamspace, declared here. AzureAd__… in the environment wins.'),
  gateway: gateway.prefault({}).describe('How the gateway in front proves itself, for servers with auth Gateway.'),
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
        .describe('Bytes of messages that are still arriving, of all callers together.'),
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
    })
    .prefault({}),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least that is logged.'),
  docsUrl: httpUrl.optional().describe('Where docs/denials.md is published; challenges then carry error_uri.'),
})

export type ConfigFile = z.infer<typeof configFileSchema>
