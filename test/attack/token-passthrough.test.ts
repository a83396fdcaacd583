import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { parseConfigFile } from '../../apps/sallyport/src/config/parse-config-file.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectFault } from '../support/refusals.ts'

let gate: TestGate
before(async () => void (gate = await startGate()))
after(() => gate.close())
beforeEach(() => {
  gate.emulator.setFault(undefined)
  gate.upstream.answerWith()
})

const everythingSeen = () =>
  JSON.stringify(gate.upstream.seen.map(({ rawHeaders, url, body }) => [rawHeaders, url, body]))

for (const [fault, code] of [
  [{ path: 'token', kind: 'drop' }, 'exchange_unavailable'],
  [{ path: 'token', kind: 'garbage' }, 'exchange_unavailable'],
  [{ path: 'token', kind: 'status', status: 500 }, 'exchange_unavailable'],
  [{ path: 'token', kind: 'status', status: 429, retryAfterSeconds: 7 }, 'exchange_throttled'],
] as const) {
  test(`token passthrough: when the exchange fails (${JSON.stringify(fault)}), the incoming token is no fallback`, async () => {
    const ben = await gate.tokenFor(ACME.ben.email)
    gate.emulator.setFault(fault)
    await expectFault(gate, () => gate.call(ben), code)
    assert.ok(!everythingSeen().includes(ben))
  })
}

test('token passthrough: a connection without a gateway client gets a 502, not the incoming token', async () => {
  const { onBehalfOf: _, ...body } = gate.admin.connectionBody(ACME)
  await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', body)
  try {
    const ada = await gate.tokenFor(ACME.ada.email)
    await expectFault(gate, () => gate.call(ada), 'exchange_misconfigured', 502)
  } finally {
    await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME))
  }
})

test('token passthrough: when the server refuses its token, the retry brings a new one, never the incoming', async () => {
  const ada = await gate.tokenFor(ACME.ada.email)
  await expectAllowed(gate, () => gate.call(ada))
  const before = gate.upstream.seen.length
  gate.upstream.answerWith((_seen, response) => void response.writeHead(401).end())
  assert.equal((await gate.call(ada)).status, 502)

  const attempts = gate.upstream.seen.slice(before).map(({ headers }) => headers.authorization)
  assert.equal(attempts.length, 2)
  assert.notEqual(attempts[0], attempts[1])
  assert.ok(!everythingSeen().includes(ada))
})

test("token passthrough: each person's calls carry their own exchanged token, at once as in turn", async () => {
  const [ada, ben] = await Promise.all([gate.tokenFor(ACME.ada.email), gate.tokenFor(ACME.ben.email)])
  const before = gate.upstream.seen.length
  const body = (name: string) => JSON.stringify({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name } })
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      i % 2 ? gate.call(ada, { body: body('ada') }) : gate.call(ben, { body: body('ben') }),
    ),
  )
  for (const { headers, body: sent } of gate.upstream.seen.slice(before)) {
    const { oid } = JSON.parse(Buffer.from(headers.authorization!.split('.')[1]!, 'base64url').toString())
    assert.equal(oid, sent.includes('ada') ? ACME.ada.oid : ACME.ben.oid)
  }
})

const configForwarding = (name: string) => `publicUrl: http://127.0.0.1:8080
servers:
  context7:
    path: /context7/mcp
    upstream: http://127.0.0.1:8090/mcp
    outbound: { kind: none }
    forwardHeaders: [${name}]
`

for (const name of [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'Cookie',
  'connection',
  'Transfer-Encoding',
  'content-length',
  'Host',
  'mcp-session-id',
]) {
  test(`token passthrough: a configuration that lists ${name} among forwarded headers is refused`, () => {
    assert.throws(() => parseConfigFile(configForwarding(name), 'test.yaml'), /forwardHeaders/)
  })
}

test('forwarded headers have no case', () => {
  const { servers } = parseConfigFile(configForwarding('X-Request-Source'), 'test.yaml')
  assert.deepEqual(servers['context7']!.forwardHeaders, ['x-request-source'])
})
