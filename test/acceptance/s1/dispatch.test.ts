import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { compactJws, issuerOf, NO_CREDENTIAL, publishedKey, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectRefusal } from '../../support/refusals.ts'

const clock = testClock()
const stranger = publishedKey('nobody-publishes-this')
let fetched: string[] = []
let gate: TestGate
before(async () => {
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, fetch: counting })
  fetched = []
})
after(() => gate.close())

const unsigned = (payload: unknown) => compactJws({ alg: 'RS256', kid: 'k' }, payload, () => Buffer.from('signature'))

for (const accessToken of [
  'totally-not-a-real-token',
  'Bearer',
  'ctx7sk',
  'ctx7sk-1234',
  'ctx7-1234',
  'sk-live-abc',
  'mcpt_0123456789abcdefghijklmnopqrstuvwxyz',
  '.',
  '..',
  'a.b',
  'a.b.c',
  'a.b.c.d.e',
  'eyJhbGciOiJub25lIn0.e30.',
]) {
  test(`X-11 X-13 the string ${accessToken} is nobody's credential and costs no look-up outside`, async () => {
    await expectRefusal(gate, () => gate.call(accessToken), { status: 401 })
    assert.deepEqual(fetched, [])
  })
}

test('X-11 a JWT of an issuer that is not configured is refused without any look-up outside', async () => {
  for (const iss of [
    'https://clerk.example',
    'https://sts.windows.net/x/',
    'kubernetes/serviceaccount',
    gate.publicUrl,
  ]) {
    const payload = { iss, aud: gate.mcpUrl, sub: 'ada', exp: clock.seconds + 60 }
    await expectRefusal(gate, () => gate.call(unsigned(payload)), { status: 401 })
  }
  assert.deepEqual(fetched, [])
})

test('X-12 a token that its verifier refuses is offered to no other: one refusal, one row, one rule', async () => {
  const forged = stranger.sign(userClaims(gate, clock.seconds))
  await expectRefusal(gate, () => gate.call(forged), { status: 401, code: 'token_invalid' })

  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].rule, 'token_invalid')
  assert.equal(events[0].memberId, undefined)
  assert.ok(fetched.length > 0)
  assert.ok(fetched.every((url) => url === `${gate.emulator.url}/${ACME.tenantId}/discovery/v2.0/keys`))
})

test('X-14 only a GUID out of iss ever reaches a URL, and only that of a configured tenant', async () => {
  fetched = []
  const { emulator } = gate
  for (const iss of [
    `${emulator.url}/${ACME.tenantId}/../evil/v2.0`,
    `${emulator.url}/..%2f..%2fevil%2f0000000000000000000000/v2.0`,
    `${emulator.url}.evil.example/${ACME.tenantId}/v2.0`,
    `${emulator.url}@evil.example/${ACME.tenantId}/v2.0`,
    `${emulator.url}/${ACME.tenantId}/v2.0?x=`,
    `${emulator.url}/${ACME.tenantId}/v2.0#`,
    issuerOf(gate, 'cccccccc-0000-4000-8000-000000000001'),
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
  ]) {
    const tid = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(iss)?.[0]
    await expectRefusal(gate, () => gate.call(unsigned(userClaims(gate, clock.seconds, { iss, tid }))), { status: 401 })
  }
  assert.deepEqual(fetched, [])
})
