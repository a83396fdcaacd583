import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  strict:
    path: /strict/mcp
    upstream: ${upstream}
    outbound: { kind: none }
    roles: [owner]
  loose:
    path: /loose/mcp
    upstream: ${upstream}
    outbound: { kind: none }
`

const clock = testClock()
let gate: TestGate
before(async () => {
  gate = await startGate({ now: clock.now, servers: SERVERS })
  gate.upstream.answerWith((_seen, response) => void response.setHeader('mcp-session-id', 'one').end('{}'))
})
after(() => gate.close())

const signed = (changes: Record<string, unknown> = {}) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))
const at = (server: string) => `${gate.publicUrl}/${server}/mcp`
const unknown = { status: 404, code: 'session_unknown' }

test('session replay on a looser route: a session opened there is unknown at the stricter one, and the reverse', async () => {
  await gate.admin.removeMember('acme', ACME.ben.email)
  await gate.admin.addMember('acme', ACME.ben, 'owner')
  const ben = await signed({ oid: ACME.ben.oid })
  for (const [opened, replayed] of [
    ['loose', 'strict'],
    ['strict', 'loose'],
  ] as const) {
    const session = (await gate.call(ben, { url: at(opened) })).headers.get('mcp-session-id')!
    const headers = { 'mcp-session-id': session }
    await expectAllowed(gate, () => gate.call(ben, { url: at(opened), headers }))
    await expectRefusal(gate, () => gate.call(ben, { url: at(replayed), headers }), unknown)
  }
})

test('session replay: a session never stands in for the policy of its route', async () => {
  const ada = await signed()
  const session = (await gate.call(ada, { url: at('loose') })).headers.get('mcp-session-id')!
  const headers = { 'mcp-session-id': session }
  const answer = await gate.call(ada, { url: at('strict'), headers })
  assert.ok([403, 404].includes(answer.status))
  await expectRefusal(gate, () => gate.call(ada, { url: at('strict') }), { status: 403, code: 'role_insufficient' })
})

test('session hijack: ids that were seen or guessed are worth nothing to others, and tell nothing', async () => {
  const ids = await Promise.all(
    [ACME.ada, ACME.ben].map(async ({ oid }) => {
      const answer = await gate.call(await signed({ oid }), { url: at('loose') })
      return answer.headers.get('mcp-session-id')!
    }),
  )
  assert.notEqual(ids[0], ids[1], 'one id of the server, two callers, two ids')
  const [, mac] = ids[0]!.split('.')
  assert.ok(Buffer.from(mac!, 'base64url').length >= 16, 'at least 128 bits that cannot be guessed')
  const ben = await signed({ oid: ACME.ben.oid })
  const headers = { 'mcp-session-id': ids[0]! }
  for (const method of ['POST', 'GET', 'DELETE']) {
    await expectRefusal(gate, () => gate.call(ben, { url: at('loose'), method, headers }), unknown)
  }
})
