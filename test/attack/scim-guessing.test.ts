import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { testClock } from '../support/entra-tokens.ts'
import { watchStatements } from '../support/engines.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { scimClient } from '../support/scim-client.ts'

const FROM = (address: string) => ({ 'x-forwarded-for': address })
const [ATTACKER, OTHER] = [FROM('198.51.100.66'), FROM('198.51.100.67')]
const ATTEMPTS = 20

async function startLimited(t: TestContext) {
  const clock = testClock()
  const settings = `trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: ${ATTEMPTS}, seconds: 60 } } }\n`
  const gate = await startGate({ now: clock.now, settings })
  t.after(() => gate.close())
  return { gate, clock }
}

const guess = (prefix: string) => `${prefix}${randomBytes(32).toString('base64url')}`

const revoke = (gate: TestGate, token: string, headers: Record<string, string>) =>
  fetch(`${gate.adminUrl}/api/v1/mcp-tokens/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    headers,
  })

test('guessing at SCIM tokens: an address beyond its budget is told to wait, and costs the database nothing', async (t) => {
  const { gate, clock } = await startLimited(t)
  const scim = await scimClient(gate, ACME.slug)
  const ask = (authorization: string | undefined, headers: Record<string, string>) =>
    fetch(`${scim.base}/Users`, { headers: { ...headers, ...(authorization !== undefined && { authorization }) } })
  const presented = [() => `Bearer ${guess('scim_')}`, () => 'Bearer nobody', () => undefined, () => 'Basic eDp5']
  for (let i = 0; i < ATTEMPTS; i++) assert.equal((await ask(presented[i % 4]!(), ATTACKER)).status, 401)

  const statements = watchStatements()
  t.after(() => statements.stop())
  for (let i = 0; i < 20; i++) {
    const answer = await ask(i % 2 ? `Bearer ${guess('scim_')}` : `Bearer ${scim.token}`, ATTACKER)
    assert.equal(answer.status, 429)
    assert.equal(answer.headers.get('content-type'), 'application/scim+json')
    const wait = Number(answer.headers.get('retry-after'))
    assert.ok(wait > 0 && wait <= 60, `${wait}`)
    const body = (await answer.json()) as { status: string; schemas: string[] }
    assert.deepEqual([body.status, body.schemas], ['429', ['urn:ietf:params:scim:api:messages:2.0:Error']])
  }
  assert.deepEqual(
    statements.texts.filter((text) => /scim_/.test(text)),
    [],
  )
  assert.equal((await ask(`Bearer ${scim.token}`, OTHER)).status, 200)
  clock.advance(60)
  assert.equal((await ask(`Bearer ${scim.token}`, ATTACKER)).status, 200)
})

test('what a good token asks is never counted, whatever the answer', async (t) => {
  const { gate } = await startLimited(t)
  const scim = await scimClient(gate, ACME.slug)
  for (let i = 0; i < 3 * ATTEMPTS; i++) {
    assert.equal((await scim.get('/Users/nobody', OTHER)).status, 404)
    assert.equal((await scim.get('/Users?filter=nothing', OTHER)).status, 400)
  }
  assert.equal((await scim.get('/Users', OTHER)).status, 200)
})

test('guessing at MCP tokens to revoke: each that there is not counts, as at every other door', async (t) => {
  const { gate } = await startLimited(t)
  const { token } = await gate.admin.must('POST', `/teamspaces/${ACME.slug}/mcp-tokens`, { name: 'mine' })
  for (let i = 0; i < ATTEMPTS; i++) {
    assert.equal((await revoke(gate, i % 2 ? guess('mcpt_') : 'nonsense', ATTACKER)).status, 200)
  }
  const refused = await revoke(gate, guess('mcpt_'), ATTACKER)
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await revoke(gate, token, ATTACKER)).status, 429)
  assert.equal((await gate.call(guess('mcpt_'), { headers: ATTACKER })).status, 429, 'on the public side as well')
  for (let i = 0; i < 2 * ATTEMPTS; i++) assert.equal((await revoke(gate, token, OTHER)).status, 200)
})
