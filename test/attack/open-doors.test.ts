import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAdminApp } from '../../apps/sallyport/src/admin/admin-app.ts'
import { NO_CREDENTIAL, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectRefusal } from '../support/refusals.ts'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

/** Routes of the admin listener that hold nothing secret and change nothing, but for the token that is shown to one. */
const OPEN = [/^\/healthz$/, /^\/v2\/entra\/config(?:\/|$)/, /^\/api\/v1\/mcp-tokens\/revoke$/]

test('unguarded route: every route of the admin listener asks for the operator, but for those listed here', async () => {
  const app = createAdminApp({
    servers: [],
    store: gate.sallyport.store,
    clouds: {},
    operatorToken: 'x'.repeat(32),
    fetch,
    now: clock.now,
    log: () => {},
  })
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  assert.ok(routes.length >= 10, `${routes.length} routes`)
  for (const { method, path } of routes) {
    if (OPEN.some((open) => open.test(path))) continue
    const concrete = path.replace(/:slug(?:\{[^}]*\})?/, 'acme').replace(/:[a-z]+(?:\{[^}]*\})?/gi, 'x')
    const token = await gate.tokenFor(ACME.ada.email)
    for (const authorization of [
      undefined,
      'Bearer ',
      'Bearer undefined',
      `Bearer ${token}`,
      'Basic YWRtaW46YWRtaW4=',
    ]) {
      const answer = await fetch(gate.adminUrl + concrete, {
        method,
        headers: { ...(authorization && { authorization }) },
      })
      assert.equal(answer.status, 401, `${method} ${concrete} with ${authorization?.slice(0, 20)}`)
      // SCIM has tokens of its own, which the operator's is none of.
      const challenge = path.startsWith('/scim/')
        ? /^Bearer realm="scim"(?:, error="invalid_token")?$/
        : /^Bearer realm="admin"$/
      assert.match(answer.headers.get('www-authenticate') ?? '', challenge)
    }
  }
})

test('unguarded route: the operator token opens nothing on the public side', async () => {
  await expectRefusal(gate, () => gate.call(gate.sallyport.operatorToken), { status: 401, code: 'token_malformed' })
  const answer = await fetch(`${gate.publicUrl}/api/v1/teamspaces`, {
    headers: { authorization: `Bearer ${gate.sallyport.operatorToken}` },
  })
  assert.equal(answer.status, 404)
})

/** Deterministic, so that a failure can be looked at again. */
function mulberry32(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

test('swallowed error: a thousand damaged tokens are a thousand refusals, never a fault and never a pass', async () => {
  const random = mulberry32(20260728)
  const good = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  assert.equal((await gate.call(good)).status, 200)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.='
  const damaged = Array.from({ length: 1000 }, () => {
    const at = Math.floor(random() * good.length)
    const char = alphabet[Math.floor(random() * alphabet.length)]!
    const kind = random()
    if (kind < 0.6) return good.slice(0, at) + char + good.slice(at + 1)
    if (kind < 0.8) return good.slice(0, at) + good.slice(at + 1 + Math.floor(random() * 20))
    return good.slice(0, at) + char + good.slice(at)
  }).filter((token) => token !== good)
  const reached = gate.upstream.seen.length
  for (let i = 0; i < damaged.length; i += 100) {
    const answers = await Promise.all(damaged.slice(i, i + 100).map((token) => gate.call(token)))
    answers.forEach(({ status }, j) => assert.equal(status, 401, damaged[i + j]))
  }
  assert.equal(gate.upstream.seen.length, reached)
})

test('swallowed error: a claim of any other type than its own is a refusal, never a fault and never a pass', async () => {
  const own = userClaims(gate, clock.seconds)
  const values: unknown[] = [
    null,
    true,
    false,
    0,
    -1,
    1e308,
    '',
    'x',
    [],
    {},
    [null],
    [[]],
    { toString: 'x' },
    '\u0000',
    [own],
  ]
  const optional = new Set(['azpacr', 'preferred_username', 'uti', 'nbf', 'azp', 'sub'])
  for (const claim of Object.keys(own).filter((name) => !optional.has(name))) {
    for (const value of values) {
      const token = await gate.emulator.signToken(ACME.tenantId, { ...own, [claim]: value })
      const { status } = await gate.call(token)
      const passes = claim === 'iat' && value === 0
      assert.ok(
        passes ? status === 200 : status === 401 || status === 403,
        `${claim} = ${JSON.stringify(value)}: ${status}`,
      )
    }
  }
  for (const claim of optional) {
    for (const value of values) {
      const token = await gate.emulator.signToken(ACME.tenantId, { ...own, [claim]: value })
      const { status } = await gate.call(token)
      assert.ok(status < 500, `${claim} = ${JSON.stringify(value)}: ${status}`)
    }
  }
})

test('spoofed identity: headers of other gateways neither admit anybody nor change who is calling', async () => {
  const spoofed = {
    'x-ms-client-principal-id': ACME.ben.oid,
    'x-ms-client-principal-name': ACME.ben.email,
    'x-forwarded-user': ACME.ben.email,
    'x-forwarded-email': ACME.ben.email,
    'x-goog-authenticated-user-email': ACME.ben.email,
    'x-sallyport-member': ACME.ben.email,
  }
  await expectRefusal(gate, () => gate.call(undefined, { headers: spoofed }), { status: 401, code: 'token_missing' })
  const ada = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  assert.equal((await gate.call(ada, { headers: spoofed })).status, 200)
  await gate.sallyport.flushAudit()
  const [event] = (await gate.admin.must('GET', '/audit?limit=1')).events
  assert.deepEqual([event.subject, event.email], [ACME.ada.oid, ACME.ada.email])
})
