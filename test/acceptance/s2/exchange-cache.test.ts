import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { testClock } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'
import { bearerOf, claimsOf, exchangesOf, forge } from './support.ts'

type Fault = NonNullable<Parameters<TestGate['emulator']['setFault']>[0]>

describe('exchanged tokens and failures in the cache', () => {
  const clock = testClock()
  let gate: TestGate
  let token: string
  /** Answers the token endpoint in the emulator's place, for answers that Entra never gives. */
  let answerInstead: (() => Response) | undefined
  const fetcher: typeof fetch = async (input, init) =>
    answerInstead && init?.method === 'POST' ? answerInstead() : fetch(input, init)

  before(async () => void (gate = await startGate({ now: clock.now, fetch: fetcher })))
  after(() => gate.close())
  beforeEach(async () => {
    gate.emulator.setTokenLifetime(ACME.tenantId, 7200)
    token = await gate.tokenFor(ACME.ada.email)
    gate.upstream.seen.length = 0
  })
  afterEach(() => {
    answerInstead = undefined
    gate.emulator.setFault(undefined)
    gate.upstream.answerWith()
  })

  const call = () => gate.call(token)
  const lifetime = (seconds: number) => gate.emulator.setTokenLifetime(ACME.tenantId, seconds)
  const shown = () => gate.upstream.seen.map(({ headers }) => bearerOf(headers))
  /** How many exchanges `work` costs. */
  const countExchanges = async (work: () => Promise<unknown>) => {
    const before = exchangesOf(gate).length
    await work()
    return exchangesOf(gate).length - before
  }
  const assertExchanges = async (expected: number, work: () => Promise<unknown>) =>
    assert.equal(await countExchanges(work), expected)
  const allowed = () => expectAllowed(gate, call)

  it('S2 8: is used until 300 s before it expires, and not a second longer (S2B-07)', async () => {
    lifetime(900)
    await assertExchanges(1, allowed)
    clock.advance(599)
    await assertExchanges(0, allowed)
    clock.advance(2)
    await assertExchanges(1, allowed)
    const [first, again, renewed] = shown()
    assert.equal(first, again)
    assert.notEqual(first, renewed)
  })

  it('S2 8: is not cached at all when it lives 300 s or less', async () => {
    for (const seconds of [300, 60]) {
      lifetime(seconds)
      token = await forge(gate, token, { uti: `short-${seconds}` })
      await assertExchanges(1, allowed)
      await assertExchanges(1, allowed)
    }
  })

  it('S2 8: never outlives the token that the caller brought, within its clock tolerance too', async () => {
    token = await forge(gate, token, { exp: clock.seconds + 200 })
    await assertExchanges(1, allowed)
    clock.advance(199)
    await assertExchanges(0, allowed)
    clock.advance(2)
    gate.upstream.seen.length = 0
    await assertExchanges(1, () => expectRefusal(gate, call, { status: 401, code: 'assertion_refused' }))
    clock.advance(60)
    await assertExchanges(0, () => expectRefusal(gate, call, { status: 401, code: 'token_expired' }))
  })

  it('S2 8: is used for 3000 s at most, however long it lives', async () => {
    lifetime(86_400)
    token = await gate.tokenFor(ACME.ada.email)
    await assertExchanges(1, allowed)
    clock.advance(2999)
    await assertExchanges(0, allowed)
    clock.advance(2)
    await assertExchanges(1, allowed)
  })

  it('S2 8: a failed exchange is never cached as a token, nor shown to the server as one (S2B-10)', async () => {
    const json = (body: unknown, status = 200) => Response.json(body, { status })
    const answer = { token_type: 'Bearer', expires_in: 3600 }
    const failures: (() => Response)[] = [
      () => json(answer),
      () => json({ ...answer, access_token: null }),
      () => json({ ...answer, access_token: '' }),
      () => json({ ...answer, access_token: 17 }),
      () => json({ ...answer, access_token: { value: 'x' } }),
      () => json({ ...answer, access_token: 'two\r\nx-injected: 1' }),
      () => json({ access_token: 'x', expires_in: 3600 }),
      () => json({ access_token: 'x', token_type: 'mac', expires_in: 3600 }),
      () => json([]),
      () => json('Bearer x'),
      () =>
        new Response('{"access_token":"x","token_type":"Bearer"', { headers: { 'content-type': 'application/json' } }),
      () => new Response('<html>It works!</html>', { headers: { 'content-type': 'text/html' } }),
      () => new Response(`{"x":"${'x'.repeat(300 * 1024)}"}`, { headers: { 'content-type': 'application/json' } }),
      () => new Response(null, { status: 204 }),
      () => new Response(null, { status: 302, headers: { location: gate.upstream.url } }),
      () => json({ error: 'invalid_grant', access_token: 'x' }, 400),
      () => json({ access_token: 'x', token_type: 'Bearer' }, 500),
    ]
    for (const [index, failure] of failures.entries()) {
      token = await forge(gate, token, { uti: `failure-${index}` })
      answerInstead = failure
      const response = await call()
      assert.ok([401, 502, 503].includes(response.status), `${index}: ${response.status}`)
      assert.ok(!(await response.text()).includes('access_token'))
      assert.equal(gate.upstream.seen.length, 0)
      answerInstead = undefined
      clock.advance(61) // past whatever a failure is held back for
      await allowed()
      assert.equal(claimsOf(shown().at(-1)!).aud, ACME.apiClientId)
      gate.upstream.seen.length = 0
    }
  })

  it("S2 9: the server sees the exchanged token, the API's own, at its own path, and nothing of the caller's", async () => {
    const { oid } = claimsOf(token)
    await allowed()
    await gate.call(token, { method: 'GET' })
    await gate.call(token, { method: 'DELETE' })
    assert.equal(gate.upstream.seen.length, 3)
    for (const { headers, url, rawHeaders, body } of gate.upstream.seen) {
      assert.equal(url, '/mcp/oauth')
      const claims = claimsOf(bearerOf(headers))
      assert.deepEqual(
        [claims.aud, claims.scp, claims.azp, claims.oid, claims.tid],
        [ACME.apiClientId, 'mcp.access', ACME.gatewayClientId, oid, ACME.tenantId],
      )
      const [, , signature] = token.split('.')
      assert.ok(!`${rawHeaders.join('\n')}${body}`.includes(signature!))
      assert.equal(rawHeaders.filter((name) => name.toLowerCase() === 'authorization').length, 1)
    }
  })

  it('S2 9: whatever the caller adds, the query or a second header included, does not reach the server', async () => {
    await gate.call(token, {
      url: `${gate.mcpUrl}?access_token=canary&x=canary`,
      headers: { 'x-ms-token-aad-access-token': 'canary', cookie: 'canary=1', 'proxy-authorization': 'Bearer canary' },
    })
    const [seen] = gate.upstream.seen
    assert.equal(seen!.url, '/mcp/oauth')
    assert.ok(!JSON.stringify(seen!.rawHeaders).includes('canary'))
  })

  /** What is held back, and for how long (S2B-12): one more exchange within it would be a loop to Entra. */
  const held: [name: string, fault: Omit<Fault, 'path'>, seconds: number, status: number][] = [
    ['a refused assertion', { kind: 'status', aadsts: 50013 }, 30, 401],
    ['missing consent', { kind: 'status', aadsts: 65001 }, 60, 403],
    ['a policy that blocks', { kind: 'status', aadsts: 53003 }, 30, 403],
    ['a wrong client secret', { kind: 'status', aadsts: 7000215 }, 30, 502],
    ['throttling without a time', { kind: 'status', aadsts: 90055 }, 30, 503],
    ['throttling for a time', { kind: 'status', status: 429, retryAfterSeconds: 7 }, 7, 503],
    ['a 503 for a time', { kind: 'status', status: 503, retryAfterSeconds: 9 }, 9, 503],
    ['throttling for an absurd time', { kind: 'status', status: 429, retryAfterSeconds: 1_000_000 }, 300, 503],
  ]
  for (const [name, fault, seconds, status] of held) {
    it(`S2B-12: ${name} is held back for ${seconds} s, for this assertion only`, async () => {
      gate.emulator.setFault({ path: 'token', ...fault })
      const refused = async () => assert.equal((await call()).status, status)
      await assertExchanges(1, refused)
      clock.advance(seconds - 1)
      await assertExchanges(0, () => Promise.all([refused(), refused(), refused()]))
      gate.emulator.setFault(undefined)
      await assertExchanges(0, refused)
      const ben = await gate.tokenFor(ACME.ben.email)
      await assertExchanges(1, () => expectAllowed(gate, () => gate.call(ben)))
      assert.equal(gate.upstream.seen.length, 1)
      clock.advance(2)
      await assertExchanges(1, allowed)
    })
  }

  it('S2B-12: what only the network did is not held back: the next call asks again', async () => {
    const faults: Omit<Fault, 'path'>[] = [{ kind: 'drop' }, { kind: 'status', status: 500 }, { kind: 'garbage' }]
    for (const fault of faults) {
      token = await forge(gate, token, { uti: `network-${JSON.stringify(fault)}` })
      gate.emulator.setFault({ path: 'token', ...fault })
      for (let round = 0; round < 3; round++) {
        await assertExchanges(1, () => expectFault(gate, call, 'exchange_unavailable', 503))
      }
      gate.emulator.setFault(undefined)
      await assertExchanges(1, allowed)
    }
  })

  it('S2B-12: fifty callers of one failing exchange ask Entra once, and all are told the same', async () => {
    gate.emulator.setFault({ path: 'token', kind: 'status', aadsts: 65001, delayMs: 50 })
    await assertExchanges(1, async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, call))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [403])
    })
    assert.equal(gate.upstream.seen.length, 0)
  })

  it('S2B-18: a server that refuses the exchanged token is asked again once, with a fresh one and the same bytes', async () => {
    await allowed()
    gate.upstream.seen.length = 0
    gate.upstream.answerWith((_seen, response) => {
      const first = gate.upstream.seen.length === 1
      if (first) response.writeHead(401, { 'www-authenticate': 'Bearer realm="upstream"' }).end('{"upstream":1}')
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}')
    })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } })
    await assertExchanges(1, async () => {
      const response = await gate.call(token, { body })
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('www-authenticate'), null)
    })
    const [refused, retried] = gate.upstream.seen
    assert.equal(gate.upstream.seen.length, 2)
    assert.deepEqual([refused!.body, retried!.body], [body, body])
    assert.notEqual(bearerOf(refused!.headers), bearerOf(retried!.headers))
    gate.upstream.answerWith()
    await assertExchanges(0, call)
    assert.equal(shown().at(-1), bearerOf(retried!.headers), 'the fresh token is the one that is kept')
  })

  it("S2B-18: a second refusal is final: 502, one renewed exchange, one retry, never the server's challenge", async () => {
    await allowed()
    gate.upstream.seen.length = 0
    gate.upstream.answerWith((_seen, response) =>
      response
        .writeHead(401, {
          'www-authenticate': 'Bearer resource_metadata="https://upstream.example/prm"',
          'x-upstream': 'canary',
        })
        .end('{"error":"canary of the upstream"}'),
    )
    await assertExchanges(1, async () => {
      const response = await call()
      assert.equal(response.status, 502)
      assert.equal(response.headers.get('www-authenticate'), null)
      const body = await response.text()
      assert.equal(JSON.parse(body).code, 'upstream_refused_credential')
      assert.ok(!/upstream\.example|canary/.test(body + JSON.stringify([...response.headers])))
    })
    assert.equal(gate.upstream.seen.length, 2)
  })

  it('S2B-18: fifty calls whose token is refused at once renew it together, not fifty times', async () => {
    await allowed()
    const stale = shown().at(-1)!
    gate.upstream.answerWith((seen, response) => {
      const status = bearerOf(seen.headers) === stale ? 401 : 200
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
    const cost = await countExchanges(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, call))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    })
    assert.ok(cost <= 3, `${cost} exchanges`)
  })

  it("S2B-18: a 403 of the server passes, without the server's challenge", async () => {
    gate.upstream.answerWith((_seen, response) =>
      response.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end('{}'),
    )
    const response = await call()
    assert.equal(response.status, 403)
    assert.equal(response.headers.get('www-authenticate'), null)
    assert.equal(gate.upstream.seen.length, 1)
  })
})
