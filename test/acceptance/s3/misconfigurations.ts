/** One way to get the configuration wrong, as an operator would. */
export interface Misconfiguration {
  readonly title: string
  /** YAML in place of the usual file; null for no file at all. */
  readonly file?: string | null
  /** YAML beside the usual file. */
  readonly top?: string
  /** More of the one server. */
  readonly server?: string
  readonly outbound?: string
  readonly listen?: string
  readonly env?: Readonly<Record<string, string>>
  /** Files beside the configuration. */
  readonly beside?: Readonly<Record<string, string>>
  /** What only a program of its own can show: the database, ports, and what it logged before it gave up. */
  readonly asProgram?: true
}

const TENANT = 'aaaaaaaa-0000-4000-8000-000000000001'
const CLIENT = 'aaaaaaaa-0003-4000-8000-000000000002'
const SECRET = 'sentinel-of-the-tests-0123456789abcdef'
const AZURE_AD = { AzureAd__TenantId: TENANT, AzureAd__ClientId: CLIENT }
const GATEWAY = { MCP_AUTH_MODE: 'Gateway' }
const PUBLIC = '0.0.0.0'
const CLUSTER = 'clusters: { prod: { server: https://10.0.0.1, tokenFile: token } }'
const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64')

export const MISCONFIGURATIONS: readonly Misconfiguration[] = [
  { title: 'a mode that there is not', env: { MCP_AUTH_MODE: 'Gatway' } },
  { title: 'a mode that is a boolean', env: { MCP_AUTH_MODE: 'true' } },
  { title: 'a mode that is empty', env: { MCP_AUTH_MODE: '' } },
  { title: 'a mode that is empty, by its .NET name', env: { Authentication__Mode: '' } },
  { title: 'Gateway beside another mode', env: { MCP_AUTH_MODE: 'Gateway,EntraJwt' } },
  { title: 'None beside another mode', env: { MCP_AUTH_MODE: 'Token, None' } },
  { title: 'a mode twice', env: { MCP_AUTH_MODE: 'Token,token' } },
  { title: 'two names of the mode that differ', env: { ...GATEWAY, Authentication__Mode: 'EntraJwt' } },
  { title: 'a mode in the file that there is not', top: 'auth: Gatway' },
  { title: 'a list of modes in the file that is empty', top: 'auth: []' },
  { title: 'a mode of a server that is a boolean', server: 'auth: true' },
  { title: 'EntraJwt without tenant and client', env: { MCP_AUTH_MODE: 'EntraJwt' }, asProgram: true },
  {
    title: 'EntraJwt among others without tenant and client',
    env: { MCP_AUTH_MODE: 'EntraJwt,Token' },
    asProgram: true,
  },
  { title: 'a tenant without a client', env: { AzureAd__TenantId: TENANT } },
  { title: 'a client without a tenant, in the file', top: `azureAd: { clientId: ${CLIENT} }` },
  { title: 'tenant and client that are empty', env: { AzureAd__TenantId: '', AzureAd__ClientId: '' } },
  { title: 'a tenant left as in a sample', env: { ...AZURE_AD, AzureAd__TenantId: '<tenant>' } },
  { title: 'a tenant left as in a test', env: { ...AZURE_AD, AzureAd__TenantId: 'test-tenant-id' } },
  { title: 'a client of zeros', env: { ...AZURE_AD, AzureAd__ClientId: '00000000-0000-0000-0000-000000000000' } },
  { title: 'any tenant', env: { ...AZURE_AD, AzureAd__TenantId: 'common' } },
  {
    title: 'the tenant of personal accounts',
    env: { ...AZURE_AD, AzureAd__TenantId: '9188040d-6c67-4c5b-b112-36a304b66dad' },
  },
  { title: 'a tenant by its domain', top: `azureAd: { tenantId: contoso.onmicrosoft.com, clientId: ${CLIENT} }` },
  { title: 'an audience of another API', env: { ...AZURE_AD, AzureAd__Audience: 'api://contoso/tools' } },
  { title: 'a cloud that nobody knows', env: { ...AZURE_AD, AzureAd__Instance: 'https://login.example/' } },
  { title: 'two spellings of the tenant that differ', env: { ...AZURE_AD, AZUREAD__TENANTID: CLIENT } },
  {
    title: 'a required role that is a sentence',
    top: `azureAd: { tenantId: ${TENANT}, clientId: ${CLIENT}, requiredRole: a b }`,
  },
  { title: 'the old bypass beside a mode', env: { DEV_BYPASS_AUTH: 'true', MCP_AUTH_MODE: 'EntraJwt' } },
  { title: 'the old bypass beside a mode in the file', env: { DEV_BYPASS_AUTH: '1' }, server: 'auth: Gateway' },
  { title: 'the old bypass that says neither yes nor no', env: { DEV_BYPASS_AUTH: 'enabled' } },
  {
    title: 'two names of the old bypass that differ',
    env: { DEV_BYPASS_AUTH: 'true', DevelopmentMode__BypassAuthentication: 'false' },
  },
  { title: 'None where others can reach it', env: { MCP_AUTH_MODE: 'None' }, listen: PUBLIC },
  {
    title: 'None where others can reach it, told once',
    env: { MCP_AUTH_MODE: 'None' },
    listen: PUBLIC,
    top: 'allowInsecurePublicBind: true',
  },
  {
    title: 'a second switch that says neither yes nor no',
    env: { MCP_AUTH_MODE: 'None', SALLYPORT_ALLOW_INSECURE_PUBLIC_BIND: 'sure' },
  },
  { title: 'a sentinel that is too short', env: { ...GATEWAY, MCP_GATEWAY_SECRET: 'hunter2' } },
  { title: 'a sentinel that is empty', env: { ...GATEWAY, MCP_GATEWAY_SECRET: '' } },
  {
    title: 'a sentinel from two places',
    env: { ...GATEWAY, MCP_GATEWAY_SECRET: SECRET, MCP_GATEWAY_SECRET_FILE: 'x' },
  },
  { title: 'a previous sentinel without a present one', env: { ...GATEWAY, MCP_GATEWAY_SECRET_PREVIOUS: SECRET } },
  {
    title: 'a sentinel file that is not there',
    top: 'gateway: { sentinel: { secretFiles: [edge.secret] } }',
    env: GATEWAY,
  },
  {
    title: 'a sentinel file that is too short',
    top: 'gateway: { sentinel: { secretFiles: [edge.secret] } }',
    beside: { 'edge.secret': 'short\n' },
    env: GATEWAY,
  },
  {
    title: 'three sentinels at once',
    top: 'gateway: { sentinel: { secretFiles: [a, b, c] } }',
    env: GATEWAY,
  },
  {
    title: 'a sentinel in a header that callers send',
    top: 'gateway: { sentinel: { header: User-Agent } }',
    env: GATEWAY,
  },
  {
    title: 'a sentinel that would be passed on',
    top: 'gateway: { sentinel: { header: X-Edge } }',
    server: 'forwardHeaders: [x-edge]',
    env: { ...GATEWAY, MCP_GATEWAY_SECRET: SECRET },
  },
  { title: 'an identity header that would be passed on', server: 'forwardHeaders: [X-MS-CLIENT-PRINCIPAL]' },
  {
    title: 'a caller header of a format that there is not',
    top: 'gateway: { callerHeaders: [{ name: X-User, format: base64 }] }',
    env: GATEWAY,
  },
  {
    title: 'On-Behalf-Of where callers bring no Entra token',
    outbound: '{ kind: entra-obo }',
    server: 'auth: Gateway',
  },
  {
    title: 'On-Behalf-Of where the environment takes the Entra token away',
    outbound: '{ kind: entra-obo }',
    env: GATEWAY,
  },
  { title: 'a signed identity of nobody', outbound: '{ kind: signed-identity }', env: { MCP_AUTH_MODE: 'None' } },
  {
    title: 'an authorization URL that nothing asks for',
    top: `${CLUSTER}\nkubernetes: { requireOauth: false, authorizationUrl: https://id.example }`,
  },
  {
    title: 'an authorization URL without TLS',
    top: `${CLUSTER}\nkubernetes: { requireOauth: true, authorizationUrl: http://id.example }`,
  },
  { title: 'require-oauth without any cluster', top: 'kubernetes: { requireOauth: true }' },
  {
    title: 'require-oauth where no server takes tokens of the cluster',
    top: `${CLUSTER}\nkubernetes: { requireOauth: true }\nauth: Token`,
  },
  { title: 'require-oauth that is not said', top: `${CLUSTER}\nkubernetes: { verify: tokenreview }` },
  {
    title: 'an API server without TLS',
    top: 'clusters: { prod: { server: http://10.0.0.1, tokenFile: token } }',
  },
  { title: 'two kinds of bodies for one refusal', top: 'compat: { plainTextErrors: true, jsonrpcErrors: true }' },
  { title: 'several mistakes at once', top: 'auth: Gatway\nspeed: 9', server: 'path2: /x', listen: 'no where' },
  { title: 'an unknown setting', top: 'listne: {}' },
  { title: 'YAML that is none', file: 'publicUrl: [' },
  { title: 'a file that is empty', file: '' },
  { title: 'no servers', file: 'publicUrl: http://127.0.0.1:8080\nservers: {}' },
  { title: 'a file that is not there', file: null },
  { title: 'a public URL that is not safe', file: 'publicUrl: http://gate.example\nservers: {}' },
  { title: 'a default server that is none', top: 'defaultServer: other' },
  { title: 'a kind of database that there is not', env: { DATABASE_URL: 'mysql://db/sallyport' } },
  { title: 'Postgres without a sealing key', env: { DATABASE_URL: 'postgres://db/sallyport' } },
  {
    title: 'a sealing key left as in a sample',
    env: { SALLYPORT_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
  },
  { title: 'a sealing key that is too short', env: { SALLYPORT_KEY: 'c2hvcnQ=' } },
  { title: 'a sealing key file that is not there', env: { SALLYPORT_KEY_FILE: 'absent.key' } },
  { title: 'an operator token that can be guessed', env: { SALLYPORT_OPERATOR_TOKEN: 'admin' } },
  { title: 'a credential file that is not there', outbound: '{ kind: static, valueFile: upstream.secret }' },
  {
    title: 'Postgres that cannot be reached',
    env: { DATABASE_URL: 'postgres://sallyport:canary@127.0.0.1:1/sallyport', SALLYPORT_KEY: KEY },
    asProgram: true,
  },
  { title: 'a database folder that is not there', env: { DATABASE_URL: 'sqlite:absent/sallyport.db' } },
]
