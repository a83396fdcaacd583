import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import { AUDIENCE, signWith, startFakeIssuer } from '../../../packages/verifier/test/fake-issuer.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { connectionRepository } from '../../../apps/sallyport/src/connections/connection-repository.ts'
import type { OidcConnectionRecord } from '../../../apps/sallyport/src/connections/connection.ts'
import { publishedKey, userClaims } from '../../support/entra-tokens.ts'
import { ACME } from '../../support/gate.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { DEBUG, SENTINEL, startMode } from './support.ts'
import type { ModeGate } from './support.ts'

type Header = readonly [name: string, value: string]

const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const admin = Buffer.from(
  JSON.stringify({
    auth_typ: 'aad',
    name_typ: 'name',
    role_typ: 'roles',
    claims: [
      { typ: 'name', val: 'Root' },
      { typ: OBJECT_ID, val: 'aaaaaaaa-0001-4000-8000-00000000dead' },
      { typ: 'roles', val: 'Mcp.Tool.Executor' },
      { typ: 'roles', val: 'admin' },
    ],
  }),
).toString('base64')
const staticWebApp = Buffer.from('{"identityProvider":"aad","userId":"root","userRoles":["admin"]}').toString('base64')

/** What gateways, proxies and frameworks say of callers in headers, said by the caller. */
const SPOOFED: readonly (readonly Header[])[] = [
  [['X-MS-CLIENT-PRINCIPAL', admin]],
  [['X-MS-CLIENT-PRINCIPAL', staticWebApp]],
  [
    ['X-MS-CLIENT-PRINCIPAL', admin],
    ['X-MS-CLIENT-PRINCIPAL', admin],
  ],
  [['X-MS-CLIENT-PRINCIPAL-ID', 'root']],
  [['X-MS-CLIENT-PRINCIPAL-NAME', 'root@acme.example']],
  [['X-MS-CLIENT-PRINCIPAL-IDP', 'aad']],
  [
    ['X-MS-TOKEN-AAD-ACCESS-TOKEN', 'canary-token'],
    ['X-MS-TOKEN-AAD-ID-TOKEN', 'canary-token'],
  ],
  [
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-Host', 'admin.internal'],
    ['X-Forwarded-Proto', 'https'],
  ],
  [
    ['X-Forwarded-User', 'root'],
    ['X-Forwarded-Email', 'root@acme.example'],
    ['X-Forwarded-Groups', 'admins'],
  ],
  [
    ['X-Forwarded-Access-Token', 'canary-token'],
    ['X-Forwarded-Client-Cert', 'Subject="CN=root"'],
  ],
  [
    ['Forwarded', 'for=127.0.0.1;host=admin.internal;proto=https'],
    ['X-Real-IP', '127.0.0.1'],
  ],
  [
    ['X-Original-URL', '/admin'],
    ['X-Rewrite-URL', '/admin'],
    ['X-HTTP-Method-Override', 'DELETE'],
  ],
  [
    ['X-Mcp-UserId', 'root'],
    ['X-Mcp-UserName', 'root'],
    ['X-Mcp-Roles', 'admin,Mcp.Tool.Executor'],
  ],
  [
    ['X-User', 'root'],
    ['X-User-Id', '0'],
    ['X-User-Roles', 'owner'],
    ['X-Roles', 'Mcp.Tool.Executor'],
  ],
  [
    ['Remote-User', 'root'],
    ['X-Remote-User', 'root'],
    ['X-Remote-Group', 'system:masters'],
    ['Impersonate-User', 'root'],
  ],
  [
    ['X-Auth-Request-User', 'root'],
    ['X-Auth-Request-Email', 'root@acme.example'],
    ['X-WEBAUTH-USER', 'root'],
  ],
  [
    ['Cf-Access-Authenticated-User-Email', 'root@acme.example'],
    ['X-Goog-Authenticated-User-Email', 'root'],
  ],
  [
    ['X-Amzn-Oidc-Identity', 'root'],
    ['X-Amzn-Oidc-Data', 'e30.e30.AAAA'],
    ['X-Client-Cert', 'CN=root'],
  ],
  [
    ['X-Sallyport-Identity', 'e30.e30.AAAA'],
    ['X-Sallyport-Teamspace', 'globex'],
    ['X-Tenant-Id', 'globex'],
  ],
  [
    ['Cookie', 'AppServiceAuthSession=canary; role=admin'],
    ['X-Api-Key', 'canary'],
  ],
]

/** How a call of theirs ends, whatever else they say, and what they bring. */
type Caller = readonly [status: number, headers: readonly Header[]]

/** A mode with callers that are let in, and callers that are not. */
interface Scene {
  readonly mode: string
  readonly gate: ModeGate
  readonly callers: Readonly<Record<string, Caller>>
  /** Whether what the principal header says is recorded as a claim. */
  readonly claims?: boolean
}

const bearer = (token: string): Header[] => [['authorization', `Bearer ${token}`]]
const SENT: Header = ['x-gateway-secret', SENTINEL]

async function entraScene(t: TestContext): Promise<Scene> {
  const emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl) })
  t.after(() => emulator.close())
  const key = publishedKey()
  const env = {
    MCP_AUTH_MODE: 'EntraJwt',
    AzureAd__TenantId: ACME.tenantId,
    AzureAd__ClientId: ACME.gatewayClientId,
    AzureAd__Instance: emulator.url,
  }
  const settings = `clouds: { emulator: { authority: '${emulator.url}' } }`
  const gate = await startMode(t, { env, settings, fetch: key.fetch })
  const token = (roles: string[]) =>
    key.sign(userClaims({ emulator }, Math.floor(Date.now() / 1000), { roles, uti: 'the-same' }))
  const callers: Scene['callers'] = {
    'with the app role': [200, bearer(token(['Mcp.Tool.Executor']))],
    'without the app role': [403, bearer(token([]))],
    'without a token': [401, []],
    'with garbage': [401, bearer('garbage')],
  }
  return { mode: 'EntraJwt', gate, callers }
}

async function oidcScene(t: TestContext): Promise<Scene> {
  const issuer = await startFakeIssuer()
  t.after(() => issuer[Symbol.asyncDispose]())
  const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'Oidc' }, now: Date.now })
  const headers = { 'content-type': 'application/json' }
  const { body } = await gate.admin('/teamspaces', { method: 'POST', headers, body: '{"slug":"acme"}' })
  const { store } = gate.sallyport
  const record: OidcConnectionRecord = {
    id: randomUUID(),
    kind: 'oidc',
    teamspaceId: body.id,
    issuer: issuer.issuer,
    audience: AUDIENCE,
    requiredScope: 'mcp.access',
    allowedClients: [],
    jit: { claim: 'groups', values: ['staff'], role: 'developer' },
    createdAt: 0,
    updatedAt: 0,
  }
  await store.transaction(async (tx) => {
    await connectionRepository(tx.db, store.sealer, body.id).save(record)
    tx.changed({ kind: 'connection', teamspaceId: body.id })
  })
  const at = Math.floor(Date.now() / 1000)
  const token = (claims: Record<string, unknown>) =>
    signWith(issuer.claims({ iat: at - 10, exp: at + 300, email: 'ada@acme.example', ...claims }))
  const callers: Scene['callers'] = {
    'of the staff': [200, bearer(await token({ groups: ['staff'] }))],
    'who is no member': [401, bearer(await token({ sub: 'User-2', groups: ['guests'] }))],
    'without the scope': [403, bearer(await token({ scope: 'openid' }))],
    'without a token': [401, []],
  }
  return { mode: 'Oidc', gate, callers }
}

/** Posts to the admin API as the operator; answers the body. */
async function post(gate: ModeGate, path: string, body: object, method = 'POST') {
  const headers = { 'content-type': 'application/json' }
  const answer = await gate.admin(path, { method, headers, body: JSON.stringify(body) })
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return answer.body
}

async function tokenScene(t: TestContext): Promise<Scene> {
  const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'Token' } })
  await post(gate, '/teamspaces', { slug: 'acme' })
  const [good, revoked] = [
    await post(gate, '/teamspaces/acme/mcp-tokens', { name: 'good' }),
    await post(gate, '/teamspaces/acme/mcp-tokens', { name: 'revoked' }),
  ]
  await fetch(`${gate.sallyport.adminUrl}/api/v1/teamspaces/acme/mcp-tokens/${revoked.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${gate.sallyport.operatorToken}` },
  })
  const callers: Scene['callers'] = {
    'with a token': [200, bearer(good.token)],
    'with a revoked token': [401, bearer(revoked.token)],
    'with an unknown token': [401, bearer(`mcpt_${'a'.repeat(43)}`)],
    'with a JWT': [401, bearer('e30.e30.AAAA')],
    'without a token': [401, []],
  }
  return { mode: 'Token', gate, callers }
}

async function kubernetesScene(t: TestContext): Promise<Scene> {
  const cluster = await startKubernetesEmulator()
  t.after(() => cluster[Symbol.asyncDispose]())
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-s3-'))
  t.after(() => rm(folder, { recursive: true }))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, cluster.reviewer())
  const settings = `clusters: { prod: { server: '${cluster.url}', tokenFile: '${tokenFile}' } }\n`
  const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'Kubernetes' }, settings })
  await post(gate, '/teamspaces', { slug: 'acme' })
  const connection = { kind: 'kubernetes', cluster: 'prod', audience: 'sallyport' }
  await post(gate, '/teamspaces/acme/connections/kubernetes', connection, 'PUT')
  await post(gate, '/teamspaces/acme/members', { serviceAccount: 'agents/crawler' })
  const issue = (name: string, audience = 'sallyport') =>
    bearer(cluster.issueToken({ namespace: 'agents', name, audiences: [audience], expiresInSeconds: 3600 }))
  const callers: Scene['callers'] = {
    'who is a member': [200, issue('crawler')],
    'who is no member': [401, issue('stranger')],
    'for another audience': [401, issue('crawler', 'another')],
    'without a token': [401, []],
  }
  return { mode: 'Kubernetes', gate, callers }
}

const SCENES: Readonly<Record<string, (t: TestContext) => Promise<Scene>>> = {
  EntraJwt: entraScene,
  Oidc: oidcScene,
  Token: tokenScene,
  Kubernetes: kubernetesScene,
  'Gateway without a sentinel': async (t) => {
    const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'Gateway' } })
    return { mode: 'Gateway', gate, callers: { anybody: [200, []], 'with garbage': [200, bearer('garbage')] } }
  },
  'Gateway with a sentinel': async (t) => {
    const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'Gateway', MCP_GATEWAY_SECRET: SENTINEL } })
    return {
      mode: 'Gateway',
      gate,
      claims: true,
      callers: { 'by the gateway': [200, [SENT]], 'around the gateway': [401, []] },
    }
  },
  None: async (t) => {
    const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'None' } })
    return { mode: 'None', gate, callers: { anybody: [200, []], 'with garbage': [200, bearer('garbage')] } }
  },
}

/** Everything that a call leads to, but for what differs from call to call. */
async function outcomeOf(gate: ModeGate, headers: readonly Header[]) {
  const reached = gate.upstream.seen.length
  const { status, body, headers: answered } = await sendRequest(gate.mcpUrl, { headers })
  const { id, requestId, at, durationMs, claimed, ...audit } = await gate.lastAudit()
  assert.ok(id && requestId && at && durationMs >= 0)
  return {
    status,
    body: body.replace(requestId, 'ID'),
    challenge: answered.get('www-authenticate'),
    audit,
    upstream: gate.upstream.seen
      .slice(reached)
      .map(({ method, url, rawHeaders, body }) => ({ method, url, rawHeaders, body })),
    claimed,
  }
}

describe('S3 7 identity headers that callers write change no result, in any mode', () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    it(`in ${name}`, async (t) => {
      const { gate, callers, claims = false } = await scene(t)
      for (const [caller, [status, own]] of Object.entries(callers)) {
        await outcomeOf(gate, own) // members are made at their first call
        const { claimed: nobody, ...expected } = await outcomeOf(gate, own)
        assert.deepEqual([expected.status, nobody], [status, undefined], caller)
        for (const spoofed of [...SPOOFED, SPOOFED.flat()]) {
          const { claimed, ...outcome } = await outcomeOf(gate, [...own, ...spoofed])
          assert.deepEqual(outcome, expected, `${caller}: ${spoofed.map(([header]) => header).join(', ')}`)
          if (!claims || caller !== 'by the gateway') assert.equal(claimed, undefined)
        }
      }
    })
  }
})

describe('S3 8 what a gateway says of callers', () => {
  it('is recorded as claimed, and nowhere else, when the sentinel was right', async (t) => {
    const { gate } = await SCENES['Gateway with a sentinel']!(t)
    const well = await outcomeOf(gate, [SENT, ['X-MS-CLIENT-PRINCIPAL', admin]])
    assert.deepEqual(well.claimed, { id: 'aaaaaaaa-0001-4000-8000-00000000dead', name: 'Root', idp: 'aad' })
    assert.deepEqual(
      { status: well.status, principal: well.audit.principal, subject: well.audit.subject, email: well.audit.email },
      { status: 200, principal: 'gateway', subject: undefined, email: undefined },
    )
    const logged = gate.lines().filter((line) => JSON.stringify(line).includes('Root'))
    assert.deepEqual(logged, [])
  })

  it('is left out, with one debug line and nothing of its content, when it cannot be read', async (t) => {
    const { gate } = await SCENES['Gateway with a sentinel']!(t)
    const debugs = () => gate.lines().filter(({ level }) => level === DEBUG)
    const plain = await outcomeOf(gate, [SENT])
    assert.deepEqual([plain.status, debugs().length], [200, 0])
    const bad: readonly (readonly Header[])[] = [
      [['X-MS-CLIENT-PRINCIPAL', '%%%']],
      [['X-MS-CLIENT-PRINCIPAL', Buffer.from('not json').toString('base64')]],
      [['X-MS-CLIENT-PRINCIPAL', Buffer.from('{"__proto__":{"admin":true},"claims":[]}').toString('base64')]],
      [['X-MS-CLIENT-PRINCIPAL', 'A'.repeat(8 * 1024 + 4)]],
      [
        ['X-MS-CLIENT-PRINCIPAL', admin],
        ['X-MS-CLIENT-PRINCIPAL', staticWebApp],
      ],
    ]
    for (const [index, headers] of bad.entries()) {
      assert.deepEqual(await outcomeOf(gate, [SENT, ...headers]), plain)
      const lines = debugs()
      assert.equal(lines.length, index + 1)
      const { level, time, msg, headers: named, requestId, ...more } = lines.at(-1)!
      assert.deepEqual([level, named, more], [DEBUG, ['x-ms-client-principal'], {}])
      assert.ok(time && msg && requestId)
    }
  })

  it('cannot break a line or move a cursor in the trail', async (t) => {
    const { gate } = await SCENES['Gateway with a sentinel']!(t)
    const hostile = { name_typ: 'n', claims: [{ typ: 'n', val: 'a\n{"level":60}\u001b[2J\0' }] }
    const header = Buffer.from(JSON.stringify(hostile)).toString('base64')
    const { claimed } = await outcomeOf(gate, [SENT, ['X-MS-CLIENT-PRINCIPAL', header]])
    assert.deepEqual(claimed, { name: 'a\\u{a}{"level":60}\\u{1b}[2J\\u{0}' })
  })
})
