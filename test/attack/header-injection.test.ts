import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { NO_CREDENTIAL, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRequest } from '../support/raw-http.ts'
import { challengeOf, expectRefusal } from '../support/refusals.ts'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

const PAYLOADS = [
  'x"\r\nSet-Cookie: session=evil\r\nX: "',
  'x", resource_metadata="https://evil.example/',
  'x\\", scope="everything',
  'x\u2028\u2029\u0000\u001b[31m',
  '\ud800',
  '"'.repeat(5000),
]
const KNOWN = ['error', 'error_description', 'resource_metadata', 'scope']

for (const claim of ['aud', 'iss', 'tid', 'ver', 'scp', 'azp', 'oid', 'sub', 'nonce', 'roles']) {
  test(`header injection: nothing in ${claim} can add to the challenge`, async () => {
    for (const payload of PAYLOADS) {
      const value = claim === 'roles' ? [payload] : payload
      const changes = { scp: 'x', [claim]: value }
      const accessToken = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))
      const { status } = await gate.call(accessToken)
      assert.ok(status === 401 || status === 403, String(status))
      const refusal = await expectRefusal(gate, () => gate.call(accessToken), { status })
      const challenge = challengeOf(refusal)
      assert.ok(
        Object.keys(challenge).every((name) => KNOWN.includes(name)),
        JSON.stringify(challenge),
      )
      assert.equal(challenge['resource_metadata'], `${gate.publicUrl}/.well-known/oauth-protected-resource`)
      assert.equal(refusal.headers.get('set-cookie'), null)
      assert.ok(refusal.headers.get('www-authenticate')!.length < 1000)
    }
  })
}

test('header injection: a preflight echoes header names only, and none that break out', async () => {
  const headers = [
    ['origin', 'http://localhost:1'],
    ['access-control-request-method', 'POST'],
    ['access-control-request-headers', `authorization, ${'x'.repeat(5000)}`],
  ] as const
  const answer = await sendRequest(gate.mcpUrl, { method: 'OPTIONS', headers })
  assert.equal(answer.status, 204)
  assert.ok(answer.headers.get('access-control-allow-headers')!.length <= 2048)
})

test('log forging: a line break in what a caller sends makes no line in the log and no row in the trail', async () => {
  const accessToken = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  const name = 'x\n{"level":30,"msg":"forged-canary"}'
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })
  gate.upstream.answerWith((_seen, response) => void response.destroy())
  await gate.call(accessToken, { body, headers: { 'user-agent': 'forged-canary' } })
  gate.upstream.answerWith()
  assert.ok(
    gate.logged.every((line) => line.trim().split('\n').length === 1 && !line.includes('"msg":"forged-canary"')),
  )
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].target, name)
})
