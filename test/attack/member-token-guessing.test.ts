import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { startTokenGate } from '../acceptance/s4/support.ts'
import { watchStatements } from '../support/engines.ts'
import { compactJws, issuerOf, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME } from '../support/gate.ts'
import { parseMetrics } from '../support/metrics-text.ts'

const FROM = (address: string) => ({ 'x-forwarded-for': address })
const [ATTACKER, OTHER] = [FROM('198.51.100.66'), FROM('198.51.100.67')]
const ATTEMPTS = 20

async function startLimited(t: TestContext) {
  const clock = testClock()
  const settings = `trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: ${ATTEMPTS}, seconds: 60 } } }\n`
  const fetched: string[] = []
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  return { clock, fetched, ...(await startTokenGate(t, { now: clock.now, settings, fetch: counting })) }
}

test("guessing at members' access tokens where MCP tokens are minted: an address beyond its budget waits, at every door, and nobody is asked about it", async (t) => {
  const { gate, clock, fetched, ask, ada } = await startLimited(t)
  const stranger = await gate.tokenFor(ACME.dev.email)
  const forged = (tid: string) =>
    compactJws(
      { alg: 'RS256', kid: randomUUID() },
      userClaims(gate, clock.seconds, { tid, iss: issuerOf(gate, tid) }),
      () => randomBytes(256),
    )
  const guess = (i: number): string =>
    [() => forged(ACME.tenantId), () => forged(randomUUID()), () => 'nonsense', () => stranger][i % 4]!()
  const requests = [
    ['GET', ''],
    ['POST', ''],
    ['POST', `/${randomUUID()}/rotate`],
    ['DELETE', `/${randomUUID()}`],
  ] as const
  for (let i = 0; i < ATTEMPTS; i++) {
    const [method, path] = requests[i % requests.length]!
    assert.equal((await ask(method, path, guess(i), undefined, ATTACKER)).status, 401)
  }

  const contacts = fetched.length
  const statements = watchStatements()
  t.after(() => statements.stop())
  for (const [method, path] of requests) {
    for (const token of [guess(0), guess(1), ada]) {
      const answer = await ask(method, path, token, undefined, ATTACKER)
      assert.equal(answer.status, 429)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(answer.headers.get('ratelimit-policy'), `"refused";q=${ATTEMPTS};w=60`)
      const wait = Number(answer.headers.get('retry-after'))
      assert.ok(wait > 0 && wait <= 60, `${wait}`)
    }
  }
  assert.equal(fetched.length, contacts)
  assert.deepEqual(statements.texts, [])
  assert.equal((await gate.call(ada, { headers: ATTACKER })).status, 429, 'on the public side as well')

  const { operatorToken } = gate.sallyport
  const page = await fetch(`${gate.adminUrl}/metrics`, { headers: { authorization: `Bearer ${operatorToken}` } })
  const { value } = parseMetrics(await page.text())
  const refusals = ['attempt_refused', 'rate_limited'].map((code) =>
    value(`sallyport_door_refusals_total{door="admin",code="${code}"}`),
  )
  assert.deepEqual(refusals, [ATTEMPTS, 12])
  const lines = gate.logged.filter((line) => line.includes('An address has to wait'))
  assert.equal(lines.length, 1)
  assert.match(lines[0]!, /"door":"admin".*"setting":"limits\.rate\.refused","address":"198\.51\.100\.66"/)

  assert.equal((await ask('GET', '', ada, undefined, OTHER)).status, 200)
  clock.advance(60)
  assert.equal((await ask('GET', '', ada, undefined, ATTACKER)).status, 200)
})

test('a member is not counted, whatever the answer; nor is whoever shows nothing', async (t) => {
  const { ask, ben } = await startLimited(t)
  for (let i = 0; i < 2 * ATTEMPTS; i++) {
    assert.equal((await ask('DELETE', `/${randomUUID()}`, ben, undefined, OTHER)).status, 404)
    assert.equal((await ask('GET', '', undefined, undefined, OTHER)).status, 401)
  }
  assert.equal((await ask('GET', '', ben, undefined, OTHER)).status, 200)
})
