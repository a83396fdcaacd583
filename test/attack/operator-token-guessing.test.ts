import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { bootstrap } from '../support/console-browser.ts'
import { testClock } from '../support/entra-tokens.ts'
import { startGate } from '../support/gate.ts'

const FROM = (address: string) => ({ 'x-forwarded-for': address })
const [ATTACKER, OTHER] = [FROM('198.51.100.66'), FROM('198.51.100.67')]
const ATTEMPTS = 20

async function startLimited(t: TestContext) {
  const clock = testClock()
  const settings = `trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: ${ATTEMPTS}, seconds: 60 } } }\n`
  const gate = await startGate({ now: clock.now, settings })
  t.after(() => gate.close())
  const { adminUrl, operatorToken } = gate.sallyport
  const ask = (path: string, authorization: string | undefined, headers: Record<string, string>) =>
    fetch(`${adminUrl}${path}`, { headers: { ...headers, ...(authorization !== undefined && { authorization }) } })
  return { gate, clock, ask, right: `Bearer ${operatorToken}` }
}

const wrong = () => `Bearer ${randomBytes(32).toString('base64url')}`

for (const path of ['/api/v1/teamspaces', '/api/v1/nothing', '/metrics']) {
  test(`guessing at the operator's token at ${path}: an address beyond its budget is told to wait, at every door`, async (t) => {
    const { clock, ask, right } = await startLimited(t)
    for (let i = 0; i < ATTEMPTS; i++) assert.equal((await ask(path, wrong(), ATTACKER)).status, 401)
    for (const door of ['/api/v1/teamspaces', '/metrics', '/scim/v2/Users']) {
      for (const authorization of [wrong(), right]) {
        const answer = await ask(door, authorization, ATTACKER)
        assert.equal(answer.status, 429, door)
        const wait = Number(answer.headers.get('retry-after'))
        assert.ok(wait > 0 && wait <= 60, `${wait}`)
      }
    }
    assert.equal((await ask('/api/v1/teamspaces', right, OTHER)).status, 200)
    clock.advance(60)
    assert.equal((await ask('/api/v1/teamspaces', right, ATTACKER)).status, 200)
  })
}

test('guessing at introspection is counted, too', async (t) => {
  const { gate } = await startLimited(t)
  const introspect = () =>
    fetch(`${gate.adminUrl}/api/v1/mcp-tokens/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'x' }),
      headers: { ...ATTACKER, authorization: wrong() },
    })
  for (let i = 0; i < ATTEMPTS; i++) assert.equal((await introspect()).status, 401)
  assert.equal((await introspect()).status, 429)
})

test('who shows nothing is not counted, nor is what a good token asks; a session goes on where others guessed', async (t) => {
  const { gate, ask, right } = await startLimited(t)
  const browser = await bootstrap(gate)
  for (let i = 0; i < 2 * ATTEMPTS; i++) {
    assert.equal((await ask('/api/v1/teamspaces', undefined, ATTACKER)).status, 401)
    assert.equal((await ask('/api/v1/teamspaces/nobodys', right, ATTACKER)).status, 404)
  }
  for (let i = 0; i < ATTEMPTS; i++) await ask('/api/v1/teamspaces', wrong(), ATTACKER)
  assert.equal((await browser.get('/api/v1/teamspaces', ATTACKER)).status, 200)
})
