import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    outbound: { kind: none }
  looser:
    path: /looser/mcp
    upstream: ${upstream}
    outbound: { kind: none }
`
const UPSTREAM_ID = 'upstream-session-1'
const OTHER_CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: SERVERS })))
after(() => gate.close())
beforeEach(() =>
  gate.upstream.answerWith((_seen, response) => {
    response.setHeader('content-type', 'application/json').setHeader('mcp-session-id', UPSTREAM_ID).end('{}')
  }),
)

const signed = (changes: Record<string, unknown> = {}) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))

const open = async (accessToken: string) => {
  const answer = await gate.call(accessToken)
  assert.equal(answer.status, 200)
  return answer.headers.get('mcp-session-id')!
}
const present = async (accessToken: string, session: string, init: { url?: string; method?: string } = {}) =>
  gate.call(accessToken, { ...init, headers: { 'mcp-session-id': session } })
const unknown = { status: 404, code: 'session_unknown' }

test('X-44 whoever opened a session goes on with it, and the server sees its own id', async () => {
  const session = await open(await signed())
  assert.notEqual(session, UPSTREAM_ID)
  const later = await signed()
  await expectAllowed(gate, () => present(later, session))
  assert.equal(gate.upstream.seen.at(-1)!.headers['mcp-session-id'], UPSTREAM_ID)
  for (const method of ['GET', 'DELETE']) await expectAllowed(gate, () => present(later, session, { method }))
})

test('X-44 a session alone, without a token, opens nothing', async () => {
  const session = await open(await signed())
  const headers = [['mcp-session-id', session]] as const
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { headers }), { status: 401, code: 'token_missing' })
})

const strangers: Readonly<Record<string, () => Promise<string>>> = {
  'another member of the teamspace': () => signed({ oid: ACME.ben.oid }),
  'the same member through another client': () => signed({ azp: OTHER_CLIENT }),
  'the same member through an unnamed client': () => signed({ azp: undefined }),
  'a member of another teamspace': () => gate.tokenFor(GLOBEX.gus.email, GLOBEX),
}
for (const [who, token] of Object.entries(strangers)) {
  test(`X-44 a session is unknown to ${who}, whatever the method`, async () => {
    const session = await open(await signed())
    const accessToken = await token()
    for (const method of ['POST', 'GET', 'DELETE']) {
      await expectRefusal(gate, () => present(accessToken, session, { method }), unknown)
    }
  })
}

test('X-44 a session of one server is unknown at another', async () => {
  const accessToken = await signed()
  const session = await open(accessToken)
  await expectRefusal(gate, () => present(accessToken, session, { url: `${gate.publicUrl}/looser/mcp` }), unknown)
})

test('X-44 ids that the gate never gave out are unknown, the server’s own included', async () => {
  const accessToken = await signed()
  const session = await open(accessToken)
  const [id, mac] = session.split('.') as [string, string]
  const flipped = Buffer.from(mac, 'base64url')
  flipped[0]! ^= 1
  for (const forged of [
    UPSTREAM_ID,
    id,
    `${id}.`,
    `.${mac}`,
    `${id}.${flipped.toString('base64url')}`,
    `${Buffer.from('upstream-session-2').toString('base64url')}.${mac}`,
    `${id}.${mac}.${mac}`,
    mac,
    'null',
    'a'.repeat(5000),
  ]) {
    await expectRefusal(gate, () => present(accessToken, forged), unknown)
  }
})

test('X-44 two session headers are none', async () => {
  const accessToken = await signed()
  const session = await open(accessToken)
  const headers = [
    ['authorization', `Bearer ${accessToken}`],
    ['mcp-session-id', session],
    ['mcp-session-id', session],
  ] as const
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { headers }), unknown)
})

test('X-44 a member who was removed and added again is someone new to old sessions', async () => {
  const accessToken = await signed({ oid: ACME.ben.oid })
  const session = await open(accessToken)
  await gate.admin.removeMember('acme', ACME.ben.email)
  await gate.admin.addMember('acme', ACME.ben)
  await expectRefusal(gate, () => present(accessToken, session), unknown)
})

test('a revision without sessions has none: the header is neither sent on nor handed back', async () => {
  const accessToken = await signed()
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
  })
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': UPSTREAM_ID }
  const answer = await expectAllowed(gate, () => gate.call(accessToken, { body, headers }))
  assert.equal(gate.upstream.seen.at(-1)!.headers['mcp-session-id'], undefined)
  assert.equal(answer.headers.get('mcp-session-id'), null)
})
