import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userClaims, NO_CREDENTIAL, testClock } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { challengeOf, expectAllowed, expectRefusal } from '../../support/refusals.ts'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

const signed = (changes: Record<string, unknown> = {}) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))
const callWith = async (changes: Record<string, unknown>) => {
  const accessToken = await signed(changes)
  return () => gate.call(accessToken)
}

async function lastEvent() {
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  return events[0]
}

test('S1 1: a token that Entra issued for the configured audience, with the right scope, passes as (tid, oid)', async () => {
  const accessToken = await gate.tokenFor(ACME.ada.email)

  await expectAllowed(gate, () => gate.call(accessToken))

  const { issuer, subject, email, clientId, decision, status } = await lastEvent()
  assert.deepEqual(
    { issuer, subject, email, clientId, decision, status },
    {
      issuer: `entra:emulator:${ACME.tenantId}`,
      subject: ACME.ada.oid,
      email: ACME.ada.email,
      clientId: ACME.gatewayClientId,
      decision: 'allowed',
      status: 200,
    },
  )
})

test('S1 1: tokens of two Entra tenants, sent at once, each act for their own teamspace', async () => {
  const [ada, gus] = await Promise.all([gate.tokenFor(ACME.ada.email), gate.tokenFor(GLOBEX.gus.email, GLOBEX)])
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => gate.call(i % 2 ? ada : gus)))

  assert.ok(answers.every(({ status }) => status === 200))
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?teamspace=globex&limit=100')
  const calls = events.filter(({ kind }: { kind: string }) => kind === 'call')
  assert.equal(calls.length, 10)
  assert.ok(calls.every(({ subject }: { subject: string }) => subject === GLOBEX.gus.oid))
})

test('S1 8: aud as one string or as a list of one is the audience', async () => {
  await expectAllowed(gate, await callWith({ aud: ACME.gatewayClientId }))
  await expectAllowed(gate, await callWith({ aud: [ACME.gatewayClientId] }))
})

for (const [what, aud, says] of [
  ['absent', undefined, 'Missing audience'],
  ['a number', 42, 'Missing audience'],
  ['null', null, 'Missing audience'],
  ['an empty string', '', 'Missing audience'],
  ['an empty list', [], 'Invalid token claims'],
  ['a list of two, ours first', [ACME.gatewayClientId, GLOBEX.gatewayClientId], 'Invalid token claims'],
  ['a list of two, ours last', [GLOBEX.gatewayClientId, ACME.gatewayClientId], 'Invalid token claims'],
  ['a list of one number', [42], 'Invalid token claims'],
] as const) {
  test(`S1 8: aud that is ${what} is refused`, async () => {
    await expectRefusal(gate, await callWith({ aud }), { status: 401, says })
  })
}

test('S1 9: the required scope is one whole word among several', async () => {
  await expectAllowed(gate, await callWith({ scp: 'openid Mcp.Gateway.Access profile' }))
})

for (const [what, changes] of [
  ['only begins with it', { scp: 'Mcp.Gateway.Access2' }],
  ['only ends with it', { scp: 'Not.Mcp.Gateway.Access' }],
  ['has it in another case', { scp: 'mcp.gateway.access' }],
  ['has others only', { scp: 'openid profile' }],
  ['is absent, with the word among roles', { scp: undefined, roles: ['Mcp.Gateway.Access'] }],
  ['has others, with the word among roles', { scp: 'openid', roles: ['Mcp.Gateway.Access'] }],
  ['is absent', { scp: undefined }],
] as const) {
  test(`S1 9: a token whose scp ${what} is told which scope is missing`, async () => {
    const refusal = await expectRefusal(gate, await callWith(changes), { status: 403, says: 'Missing required scope' })
    const challenge = challengeOf(refusal)
    assert.equal(challenge['error'], 'insufficient_scope')
    assert.match(challenge['scope'] ?? '', /(?:^|\/| )Mcp\.Gateway\.Access$/)
  })
}

test('S1 10: an application without a role is refused, though Entra issues it a token for any API', async () => {
  const appOnly = { scp: undefined, sub: ACME.ada.oid, preferred_username: undefined, azpacr: '1' }
  await expectRefusal(gate, await callWith(appOnly), { status: 403, code: 'scope_insufficient' })
  await expectRefusal(gate, await callWith({ ...appOnly, idtyp: 'app' }), { status: 403, code: 'scope_insufficient' })
})

test('S1 10: even when no scope is required, app-only tokens and ID tokens are refused', async (t) => {
  const connection = (more: object) =>
    gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME, more))
  await connection({ requiredScope: null })
  t.after(() => connection({}))
  const appOnly = { scp: undefined, sub: ACME.ada.oid, preferred_username: undefined }
  const idToken = { scp: undefined, azp: undefined, azpacr: undefined, nonce: 'n-0S6_WzA2Mj', name: 'Ada' }

  await expectAllowed(gate, await callWith({ scp: 'openid' }))
  await expectRefusal(gate, await callWith(appOnly), { status: 401, code: 'app_token_refused' })
  await expectRefusal(gate, await callWith({ ...appOnly, roles: [] }), { status: 401, code: 'app_token_refused' })
  await expectRefusal(gate, await callWith({ ...appOnly, roles: ['Some.Role'] }), { status: 401 })
  await expectRefusal(gate, await callWith(idToken), { status: 401, says: 'Invalid token' })
  await expectRefusal(gate, await callWith({ ...idToken, nonce: undefined }), { status: 401 })
  await expectRefusal(gate, await callWith({ ...idToken, nonce: undefined, roles: ['Mcp.Tool.Executor'] }), {
    status: 401,
  })
})

const TOLERANCE = 60 // the default of clockToleranceSeconds
for (const [what, changes, passes] of [
  ['exp one second inside the tolerance', { exp: -TOLERANCE + 1 }, true],
  ['exp at the tolerance', { exp: -TOLERANCE }, 'Token expired'],
  ['exp one second beyond the tolerance', { exp: -TOLERANCE - 1 }, 'Token expired'],
  ['nbf one second inside the tolerance', { nbf: TOLERANCE - 1 }, true],
  ['nbf at the tolerance', { nbf: TOLERANCE }, true],
  ['nbf one second beyond the tolerance', { nbf: TOLERANCE + 1 }, 'Invalid token claims'],
  ['iat beyond the tolerance', { iat: TOLERANCE + 1 }, 'Invalid token claims'],
  ['a fractional exp', { exp: 0.5 }, true],
] as const) {
  test(`S1 13: a token with ${what} ${passes === true ? 'passes' : 'is refused'}`, async () => {
    const times = Object.fromEntries(Object.entries(changes).map(([name, offset]) => [name, clock.seconds + offset]))
    const send = await callWith(times)
    if (passes === true) await expectAllowed(gate, send)
    else await expectRefusal(gate, send, { status: 401, says: passes })
  })
}

for (const [what, exp] of [
  ['no exp', undefined],
  ['exp as text', '9999999999'],
  ['exp before 1970', -1],
  ['exp beyond any date', 1e300],
  ['exp null', null],
] as const) {
  test(`S1 13: a token with ${what} is refused`, async () => {
    await expectRefusal(gate, await callWith({ exp }), { status: 401, says: 'Invalid token claims' })
  })
}

test('S1 13: a token that was accepted is refused once it has expired, cached or not', async () => {
  const accessToken = await signed({ exp: clock.seconds + 30 })
  await expectAllowed(gate, () => gate.call(accessToken))
  clock.advance(30 + TOLERANCE - 1)
  await expectAllowed(gate, () => gate.call(accessToken))
  clock.advance(1)
  await expectRefusal(gate, () => gate.call(accessToken), { status: 401, says: 'Token expired' })
})
