import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { startConfigRelay, startEmbeddedServer } from '../../support/embedded-server.ts'
import { keyFetches, NO_CREDENTIAL, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

/** Ada's token for the server behind, as the gate's client gets it by On-Behalf-Of. */
const signed = (changes: Record<string, unknown> = {}) =>
  gate.emulator.signToken(
    ACME.tenantId,
    userClaims(gate, clock.seconds, { aud: ACME.apiClientId, scp: 'mcp.access', ...changes }),
  )

type Embedded = Awaited<ReturnType<typeof start>>

async function start() {
  const relay = await startConfigRelay(gate.adminUrl)
  const server = await startEmbeddedServer(gate, { configUrl: relay.url, now: clock.now })
  return { relay, call: async (changes = {}) => server.call(await signed(changes)), server }
}

const check = (title: string, run: (embedded: Embedded) => Promise<void>) =>
  test(`${title} (embedded verifier)`, async () => {
    const embedded = await start()
    try {
      await run(embedded)
    } finally {
      await embedded.server.close()
      await embedded.relay.close()
    }
  })

async function expectUnknown(answer: Response) {
  assert.equal(answer.status, 401)
  assert.equal(((await answer.json()) as Record<string, string>)['error_description'], 'Unknown audience')
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/)
}

async function expectUnavailable(answer: Response) {
  assert.equal(answer.status, 503)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  assert.equal(answer.headers.get('www-authenticate'), null)
  assert.ok(!(await answer.text()).includes(ACME.apiClientId), 'the body names no audience')
}

check('S1 1: a token for the server behind passes as (tid, oid) of its teamspace', async ({ call, relay }) => {
  const answer = await call()
  assert.equal(answer.status, 200)
  const { tenantId, subject, teamspaceId } = (await answer.json()) as Record<string, string>
  assert.deepEqual({ tenantId, subject }, { tenantId: ACME.tenantId, subject: ACME.ada.oid })
  assert.match(teamspaceId ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(relay.asked, [`/v2/entra/config/${ACME.apiClientId}?tid=${ACME.tenantId}`])
})

check('S1 2: an unknown audience is refused, and asked for once in five minutes', async ({ call, relay }) => {
  const aud = randomUUID()
  const fetches = keyFetches(gate)
  await expectUnknown(await call({ aud }))
  await expectUnknown(await call({ aud }))
  clock.advance(299)
  await expectUnknown(await call({ aud }))
  assert.equal(relay.asked.length, 1)
  clock.advance(1)
  await expectUnknown(await call({ aud }))
  assert.equal(relay.asked.length, 2)
  assert.equal(keyFetches(gate), fetches, 'no key is fetched for it')
})

check('S1 2: whatever shape an unknown audience has, it is refused, never a fault', async ({ call, relay }) => {
  for (const aud of ['api://host:8080/x', `api://${'a'.repeat(250)}`, 'api://../../x', 'api://?', 'api://a b', 'x:y']) {
    await expectUnknown(await call({ aud }))
    await expectUnknown(await call({ aud }))
  }
  assert.equal(relay.asked.length, 3, 'once for each that could be an audience')
})

const json = (status: number, body: string) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
const config = (changes: object) =>
  json(
    200,
    JSON.stringify({ teamspaceId: 't', tenantId: ACME.tenantId, cloud: 'emulator', requiredScope: null, ...changes }),
  )

const failures: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  'answers 500': json(500, '{}'),
  'answers 400': json(400, '{}'),
  'answers 403': json(403, '{}'),
  'answers 204': (_request, response) => void response.writeHead(204).end(),
  redirects: (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  'never answers': () => {},
  'hangs up': (request) => void request.socket.destroy(),
  'answers no JSON': json(200, '<html>'),
  'answers half of its JSON': json(200, '{"teamspaceId":"t",'),
  'answers null': json(200, 'null'),
  'answers a list': json(200, '[]'),
  'answers without a tenant': config({ tenantId: undefined }),
  'answers a tenant that is a path': config({ tenantId: '../../evil' }),
  'answers a scope that is a number': config({ requiredScope: 7 }),
  'answers without a scope': config({ requiredScope: undefined }),
  'answers 200 KiB': config({ padding: 'x'.repeat(200 * 1024) }),
}
for (const [what, misbehave] of Object.entries(failures)) {
  check(`S1 3: when the config endpoint ${what}, the answer is 503 and the next call asks again`, async (embedded) => {
    const { call, relay } = embedded
    relay.answerWith(misbehave)
    await expectUnavailable(await call())
    await expectUnavailable(await call())
    assert.equal(relay.asked.length, 2)
    relay.answerWith(undefined)
    assert.equal((await call()).status, 200)
    assert.equal(relay.asked.length, 3)
  })
}

check('S1 4: one look-up serves an audience for 300 seconds, then a second one', async ({ call, relay }) => {
  assert.equal((await call()).status, 200)
  clock.advance(299)
  assert.equal((await call()).status, 200)
  assert.equal(relay.asked.length, 1)
  clock.advance(1)
  assert.equal((await call()).status, 200)
  assert.equal(relay.asked.length, 2)
})

check('S1 4: a hundred first calls at once share one look-up', async ({ relay, server }) => {
  const tokens = await Promise.all(Array.from({ length: 100 }, () => signed()))
  const answers = await Promise.all(tokens.map((accessToken) => server.call(accessToken)))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(relay.asked.length, 1)
})

check(
  'S1-17: a first caller that hangs up does not spoil the look-up for the others',
  async ({ relay, server, call }) => {
    let answer = () => {}
    relay.answerWith((_request, response) => {
      answer = () => config({ tenantId: ACME.tenantId })(_request, response)
    })
    const leader = new AbortController()
    const accessToken = await signed()
    const first = fetch(server.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}` },
      signal: leader.signal,
    })
    while (relay.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = call()
    leader.abort()
    await assert.rejects(first)
    answer()
    assert.equal((await second).status, 200)
    assert.equal(relay.asked.length, 1)
  },
)

check('S1-16: a known audience outlives an outage by an hour, an unknown one does not', async ({ call, relay }) => {
  const aud = randomUUID()
  assert.equal((await call()).status, 200)
  await expectUnknown(await call({ aud }))
  relay.answerWith(json(500, '{}'))
  clock.advance(301)
  assert.equal((await call()).status, 200)
  await expectUnavailable(await call({ aud }))
  clock.advance(3600)
  await expectUnavailable(await call())
})

check(
  'S1 15: a removed connection ends access at an embedded verifier within five minutes',
  async ({ call, relay }) => {
    assert.equal((await call()).status, 200)
    await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
    try {
      clock.advance(300)
      await expectUnknown(await call())
      assert.equal(relay.asked.length, 2)
    } finally {
      await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME))
      await gate.admin.addMember('acme', ACME.ada)
    }
  },
)

test('S1-08: the config endpoint answers 200, 404 for an unknown audience and 400 without one', async () => {
  const ask = (path: string) => fetch(`${gate.adminUrl}/v2/entra/config${path}`)
  const found = await ask(`/${ACME.apiClientId}`)
  assert.equal(found.status, 200)
  const body = (await found.json()) as Record<string, unknown>
  assert.equal(body['tenantId'], ACME.tenantId)
  assert.equal(body['requiredScope'], null)
  assert.ok(!JSON.stringify(body).includes(ACME.gatewaySecret))

  assert.equal((await ask(`/${randomUUID()}`)).status, 404)
  assert.equal((await ask(`/${ACME.apiClientId}?tid=${randomUUID()}`)).status, 404)
  for (const path of ['/not-an-audience', '/..%2f..%2fapi', '/%00']) assert.equal((await ask(path)).status, 404, path)
  for (const path of ['', '/']) assert.equal((await ask(path)).status, 400, path)
})
