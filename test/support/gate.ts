import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import type { Emulator } from 'entra-emulator'
import { parseConfigFile } from '../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../apps/sallyport/src/config/resolve-config.ts'
import type { Config } from '../../apps/sallyport/src/config/config.ts'
import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { startSallyport } from '../../apps/sallyport/src/serve/start.ts'
import type { Sallyport } from '../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../apps/sallyport/src/telemetry/log.ts'
import { freePort } from './free-port.ts'
import { startRecordingUpstream } from './recording-upstream.ts'
import type { RecordingUpstream } from './recording-upstream.ts'
import { TEST_SALLYPORT_KEY } from './sealing-key.ts'

/** People and registrations of the demo seed, by the names that tests use. */
export const ACME = {
  slug: 'acme',
  tenantId: 'aaaaaaaa-0000-4000-8000-000000000001',
  apiClientId: 'aaaaaaaa-0003-4000-8000-000000000001',
  gatewayClientId: 'aaaaaaaa-0003-4000-8000-000000000002',
  gatewaySecret: 'acme-gateway-secret',
  ada: { email: 'ada@acme.example', oid: 'aaaaaaaa-0001-4000-8000-000000000001' },
  ben: { email: 'ben@acme.example', oid: 'aaaaaaaa-0001-4000-8000-000000000002' },
  /** In the tenant, but nobody made them a member. */
  dev: { email: 'dev@acme.example', oid: 'aaaaaaaa-0001-4000-8000-000000000004' },
}
export const GLOBEX = {
  slug: 'globex',
  tenantId: 'bbbbbbbb-0000-4000-8000-000000000001',
  apiClientId: 'bbbbbbbb-0003-4000-8000-000000000001',
  gatewayClientId: 'bbbbbbbb-0003-4000-8000-000000000002',
  gatewaySecret: 'globex-gateway-secret',
  gus: { email: 'gus@globex.example', oid: 'bbbbbbbb-0001-4000-8000-000000000001' },
}

export interface GateOptions {
  readonly database?: string
  readonly now?: () => number
  /** YAML of `servers`, when the default one (On-Behalf-Of to a recording upstream) does not serve. */
  readonly servers?: (upstreamUrl: string) => string
  /** Further YAML at the top level. */
  readonly settings?: string
  readonly fetch?: typeof fetch
  /** Environment variables that the configuration reads. */
  readonly env?: Readonly<Record<string, string>>
  /** The address in metadata and challenges, when it is not the listener's own. */
  readonly publicUrl?: string
  /** Clouds beside the emulator's. */
  readonly clouds?: Readonly<Record<string, { readonly authority: string }>>
}

const DEFAULT_SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    resourcePath: /context7
    outbound: { kind: entra-obo }
`

/** The real gate over real HTTP: the emulator as Entra, a recording server behind it, both teamspaces set up. */
export async function startGate(options: GateOptions = {}) {
  const now = options.now ?? Date.now
  const emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl), now })
  const upstream = await startRecordingUpstream()
  const logged: string[] = []
  const opened = await openSallyport(options, { emulator, upstream, logged, now }).catch(async (error: unknown) => {
    await Promise.all([upstream.close(), emulator.close()]) // or the file would wait for them
    throw error
  })
  const { config, publicUrl, sallyport } = opened
  const admin = adminClient(sallyport)
  await admin.setUp(ACME, [ACME.ada, ACME.ben])
  await admin.setUp(GLOBEX, [GLOBEX.gus])

  return {
    publicUrl,
    adminUrl: sallyport.adminUrl,
    mcpUrl: `${publicUrl}/context7/mcp`,
    config,
    sallyport,
    emulator,
    upstream,
    admin,
    logged,
    tokenFor: (email: string, teamspace: typeof ACME | typeof GLOBEX = ACME) => signIn(emulator, teamspace, email),
    call: (token: string | undefined, init: CallInit = {}) =>
      callMcp(init.url ?? `${publicUrl}/context7/mcp`, token, init),
    async close() {
      await sallyport.close()
      await upstream.close()
      await emulator.close()
      assertNothingSecret(logged.join(''), sallyport.operatorToken)
    },
  }
}

export type TestGate = Awaited<ReturnType<typeof startGate>>

/** Whatever a test does, the log holds no token and no secret (X-50). */
function assertNothingSecret(log: string, operatorToken: string): void {
  for (const secret of [ACME.gatewaySecret, GLOBEX.gatewaySecret, operatorToken]) {
    assert.ok(!log.includes(secret), 'a secret was logged')
  }
  assert.doesNotMatch(log, /\beyJ[\w-]{8,}\.|\bmcpt_\w|authorization|set-cookie/i, 'a token or a header was logged')
}

interface Behind {
  readonly emulator: Emulator
  readonly upstream: RecordingUpstream
  readonly logged: string[]
  readonly now: () => number
}

async function openSallyport(options: GateOptions, { logged, now, ...behind }: Behind) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const config = await testConfig(options, { ...behind, publicPort, adminPort })
  const lines = new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) })
  const log = createLog(lines, config.logLevel)
  const sallyport = await startSallyport(config, { log, now, ...(options.fetch && { fetch: options.fetch }) })
  return { config, publicUrl: `http://127.0.0.1:${publicPort}`, sallyport }
}

interface Surroundings extends Pick<Behind, 'emulator' | 'upstream'> {
  readonly publicPort: number
  readonly adminPort: number
}

async function testConfig(
  options: GateOptions,
  { emulator, upstream, publicPort, adminPort }: Surroundings,
): Promise<Config> {
  const text = `publicUrl: ${options.publicUrl ?? `http://127.0.0.1:${publicPort}`}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
clouds: { emulator: { authority: '${emulator.url}', graph: '${emulator.url}/graph' } }
defaultTeamspace: acme
shutdown: { callSeconds: 1 }
${(options.servers ?? DEFAULT_SERVERS)(upstream.url)}${options.settings ?? ''}`
  const env = {
    DATABASE_URL: options.database ?? 'sqlite::memory:',
    SALLYPORT_KEY: TEST_SALLYPORT_KEY,
    ...options.env,
  }
  const config = await resolveConfig(parseConfigFile(text, 'test.yaml'), { file: 'test.yaml', env })
  return { ...config, clouds: { ...config.clouds, ...options.clouds } }
}

/** The admin API as the console and the CLI use it. */
export function adminClient({ adminUrl, operatorToken }: Sallyport) {
  const send = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${adminUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${operatorToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json().catch(() => undefined)) as any }
  }
  const must = async (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => {
    const answer = await send(method, path, body, headers)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const connectionBody = (teamspace: typeof ACME | typeof GLOBEX, more: object = {}) => ({
    kind: 'entra',
    cloud: 'emulator',
    tenantId: teamspace.tenantId,
    audience: teamspace.gatewayClientId,
    requiredScope: 'Mcp.Gateway.Access',
    onBehalfOf: {
      clientId: teamspace.gatewayClientId,
      credential: { kind: 'secret', secret: teamspace.gatewaySecret },
      scope: `api://${teamspace.apiClientId}/.default`,
    },
    ...more,
  })
  return {
    send,
    must,
    connectionBody,
    addMember: (slug: string, { email, oid }: { email: string; oid: string }, role?: string) =>
      must('POST', `/teamspaces/${slug}/members`, { email, objectId: oid, ...(role && { role }) }),
    removeMember: (slug: string, email: string) =>
      must('DELETE', `/teamspaces/${slug}/members?email=${encodeURIComponent(email)}`),
    /** In the place of whatever there was; without one, the teamspace leaves everything to the default. */
    async setPolicy(slug: string, policy?: Policy) {
      const path = `/teamspaces/${slug}/policy`
      const { version } = await must('GET', path)
      const replaced = { 'if-match': `"${version}"` }
      if (policy) await must('PUT', path, policy, replaced)
      else await send('DELETE', path, undefined, replaced)
    },
    async setUp(teamspace: typeof ACME | typeof GLOBEX, people: readonly { email: string; oid: string }[]) {
      await must('POST', '/teamspaces', { slug: teamspace.slug, name: teamspace.slug })
      await must('PUT', `/teamspaces/${teamspace.slug}/connections/entra`, connectionBody(teamspace))
      for (const person of people) await this.addMember(teamspace.slug, person)
    },
  }
}

/** A user's access token for the gateway client, from the emulator's own sign-in, without a browser. */
export async function signIn(
  emulator: Emulator,
  teamspace: { tenantId: string; gatewayClientId: string },
  email: string,
  more: Readonly<Record<string, string>> = {},
) {
  const { createHash, randomBytes } = await import('node:crypto')
  const verifier = randomBytes(32).toString('base64url')
  const redirectUri = 'http://localhost/callback'
  const endpoints = `${emulator.url}/${teamspace.tenantId}/oauth2/v2.0`
  const query = new URLSearchParams({
    client_id: teamspace.gatewayClientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `api://${teamspace.gatewayClientId}/Mcp.Gateway.Access offline_access`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: email,
    prompt: 'none',
    ...more,
  })
  const redirected = await fetch(`${endpoints}/authorize?${query}`, { redirect: 'manual' })
  const code = new URL(redirected.headers.get('location') ?? 'http://none').searchParams.get('code')
  if (!code) throw new Error(`no code for ${email}: ${redirected.status} ${redirected.headers.get('location')}`)
  const answer = await fetch(`${endpoints}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: teamspace.gatewayClientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })
  const { access_token: accessToken } = (await answer.json()) as { access_token: string }
  return accessToken
}

export interface CallInit {
  readonly url?: string
  readonly method?: string
  readonly body?: string | Buffer
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

export const TOOLS_LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })

export function callMcp(url: string, token: string | undefined, { method = 'POST', body, headers, signal }: CallInit) {
  return fetch(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'POST' && { body: body ?? TOOLS_LIST }),
    ...(signal && { signal }),
  })
}
