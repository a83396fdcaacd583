import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { challengeOf, expectAllowed, expectRefusal } from '../../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    resourcePath: /context7
    outbound: { kind: none }
  files:
    path: /files/mcp
    upstream: ${upstream}
    outbound: { kind: none }
    scopes: [files.read, files.list]
  admin-tools:
    path: /admin-tools/mcp
    upstream: ${upstream}
    outbound: { kind: none }
    roles: [owner]
`

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: SERVERS })))
after(() => gate.close())

const signed = (changes: Record<string, unknown> = {}) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))
const at = (path: string) => `${gate.publicUrl}${path}`
const anonymous = (path: string) => () => gate.call(undefined, { url: at(path) })
const missing = { status: 401, code: 'token_missing' }

test('X-20 X-29 each place names its own metadata, whose resource is that place', async () => {
  for (const [path, metadata, resource] of [
    ['/files/mcp', '/.well-known/oauth-protected-resource/files/mcp', '/files/mcp'],
    ['/t/acme/files/mcp', '/.well-known/oauth-protected-resource/t/acme/files/mcp', '/t/acme/files/mcp'],
    ['/t/globex/files/mcp', '/.well-known/oauth-protected-resource/t/globex/files/mcp', '/t/globex/files/mcp'],
    ['/context7/mcp', '/.well-known/oauth-protected-resource', '/context7'],
  ] as const) {
    const challenge = challengeOf(await expectRefusal(gate, anonymous(path), missing))
    assert.equal(challenge['resource_metadata'], at(metadata))
    const document = await fetch(challenge['resource_metadata'])
    assert.equal(document.status, 200)
    assert.equal(((await document.json()) as { resource: string }).resource, at(resource))
  }
})

test('X-22 the challenge says which scope to ask for: that of the teamspace whose place it is', async () => {
  for (const [path, clientId] of [
    ['/files/mcp', ACME.gatewayClientId],
    ['/t/globex/files/mcp', GLOBEX.gatewayClientId],
  ] as const) {
    const challenge = challengeOf(await expectRefusal(gate, anonymous(path), missing))
    assert.equal(challenge['scope'], `api://${clientId}/Mcp.Gateway.Access`)
  }
})

test('X-22 a valid token with too few scopes is a 403 that names all that are needed', async () => {
  const accessToken = await signed({ scp: 'Mcp.Gateway.Access files.read' })
  const call = () => gate.call(accessToken, { url: at('/files/mcp') })
  const challenge = challengeOf(await expectRefusal(gate, call, { status: 403, code: 'scope_insufficient' }))
  assert.equal(challenge['error'], 'insufficient_scope')
  // The connection's own included: a new token has only what is asked for. In Entra's words, which are its resource's.
  const needed = ['Mcp.Gateway.Access', 'files.read', 'files.list']
  assert.equal(challenge['scope'], needed.map((scope) => `api://${ACME.gatewayClientId}/${scope}`).join(' '))
  assert.equal(challenge['resource_metadata'], at('/.well-known/oauth-protected-resource/files/mcp'))

  const enough = await signed({ scp: 'Mcp.Gateway.Access files.read files.list' })
  await expectAllowed(gate, () => gate.call(enough, { url: at('/files/mcp') }))
})

test('X-22 a role that may not call is a 403 as well', async () => {
  const accessToken = await signed()
  const call = () => gate.call(accessToken, { url: at('/admin-tools/mcp') })
  await expectRefusal(gate, call, { status: 403, code: 'role_insufficient' })
})

test('X-21 no other answer carries a challenge', async () => {
  const accessToken = await signed()
  await expectAllowed(gate, () => gate.call(accessToken))
  for (const [init, status] of [
    [{ url: at('/nothing') }, 404],
    [{ method: 'PUT' }, 405],
    [{ headers: { origin: 'https://evil.example' } }, 403],
    [{ headers: { 'mcp-session-id': 'x.y' } }, 404],
    [{ headers: { 'content-type': 'text/plain' } }, 415],
    [{ body: '[]' }, 400],
  ] as const) {
    await expectRefusal(gate, () => gate.call(accessToken, init), { status }) // checks that there is none
  }
})

/** One of each kind of refusal that a caller can reach. */
const refusals: readonly (() => Promise<Parameters<TestGate['call']>>)[] = [
  async () => [undefined],
  async () => ['not-a-token'],
  async () => [await signed({ aud: undefined })],
  async () => [await signed({ aud: 'cccccccc-0000-4000-8000-000000000001' })],
  async () => [await signed({ exp: clock.seconds - 100 })],
  async () => [await signed({ ver: '1.0' })],
  async () => [await signed({ scp: 'x' })],
  async () => [await signed({ oid: ACME.dev.oid })],
  async () => [await signed(), { url: at('/t/globex/files/mcp') }],
  async () => [await signed(), { url: at('/admin-tools/mcp') }],
  async () => [await signed(), { body: '{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}' }],
  async () => [await signed(), { body: '{' }],
  async () => [await signed(), { headers: { 'mcp-method': 'other' } }],
  async () => [await signed(), { headers: { 'mcp-session-id': 'x.y' } }],
  async () => [await signed(), { headers: { 'content-type': 'text/plain' } }],
]

test('X-23 X-26 no refusal uses a JSON-RPC code that new implementations must not', async () => {
  for (const refusal of refusals) {
    const answer = await gate.call(...(await refusal()))
    const body = (await answer.json()) as { error?: { code?: unknown } }
    const code = body.error?.code
    if (typeof code === 'number') assert.ok(code < -32019 || code > -32000, String(code))
    assert.notEqual(code, -32002)
  }
})

test('X-27 what the caller wrote is in no header and no body of a refusal', async () => {
  const canaries = ['quo"te', 'back\\slash', 'line\r\nSet-Cookie: a=b', 'nön-äscii', '\u0000nul', '<script>']
  for (const canary of canaries) {
    for (const changes of [{ aud: canary }, { iss: canary }, { tid: canary }, { ver: canary }, { scp: canary }]) {
      const accessToken = await signed(changes)
      const refusal = await expectRefusal(gate, () => gate.call(accessToken), { status: 'scp' in changes ? 403 : 401 })
      const written = JSON.stringify([...refusal.headers]) + refusal.body
      assert.ok(!written.includes(canary) && !/set-cookie/i.test(written), canary)
    }
  }
})

test('X-28 every challenge holds against the grammar of RFC 9110 §11.6.1', async () => {
  for (const refusal of refusals) {
    const call = await refusal()
    const { status } = await gate.call(...call)
    await expectRefusal(gate, () => gate.call(...call), { status }) // parses it strictly
  }
})

test('X-53 the metadata URL comes from the configuration, whatever Host and X-Forwarded-* say', async () => {
  const { port } = new URL(gate.publicUrl)
  for (const headers of [
    [['host', `localhost:${port}`]],
    [
      ['host', `127.0.0.1:${port}`],
      ['x-forwarded-host', 'evil.example'],
      ['x-forwarded-proto', 'https'],
      ['forwarded', 'host=evil.example;proto=https'],
      ['x-original-url', '/admin-tools/mcp'],
      ['x-rewrite-url', '/admin-tools/mcp'],
    ],
  ] as const) {
    const send = () => sendRequest(at('/files/mcp'), { headers, without: ['host'] })
    const challenge = challengeOf(await expectRefusal(gate, send, missing))
    assert.equal(challenge['resource_metadata'], at('/.well-known/oauth-protected-resource/files/mcp'))
  }
})

test('X-29 behind a public https address the metadata URL is that https address', async () => {
  const publicGate = await startGate({ publicUrl: 'https://gate.example' })
  try {
    const headers = [['host', 'gate.example']] as const
    const send = () => sendRequest(publicGate.mcpUrl, { headers, without: ['host'] })
    const challenge = challengeOf(await expectRefusal(publicGate, send, missing))
    assert.equal(challenge['resource_metadata'], 'https://gate.example/.well-known/oauth-protected-resource')
  } finally {
    await publicGate.close()
  }
})

test('D-07 a person whom nobody made a member is told apart from a bad token, with 401 or, if so set, 403', async () => {
  const says = 'The user is not provisioned in this teamspace'
  const dev = await signed({ oid: ACME.dev.oid })
  await expectRefusal(gate, () => gate.call(dev), { status: 401, code: 'member_unknown', says })

  const lenient = await startGate({ now: clock.now, settings: 'unmappedUserStatus: 403\n' })
  try {
    const accessToken = await lenient.tokenFor(ACME.dev.email)
    await expectRefusal(lenient, () => lenient.call(accessToken), { status: 403, code: 'member_unknown', says })
  } finally {
    await lenient.close()
  }
})
