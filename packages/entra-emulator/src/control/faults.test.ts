import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AADSTS, type AadstsCode } from '../index.ts'
import { refused, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

/** Codes of policies that the emulator does not evaluate: a test orders them. */
const ORDERED_ONLY: readonly AadstsCode[] = [28003, 50074, 50078, 53000, 53001, 53002, 65005, 650056, 70043, 90055]

for (const code of ORDERED_ONLY)
  test(`AADSTS${code} comes from the token endpoint when it is ordered`, async () => {
    shared.emulator.setFault({ path: 'token', kind: 'status', aadsts: code, claims: '{"access_token":{}}', times: 1 })
    const { error, status } = AADSTS[code]
    const body = await refused(await shared.obo('x'), code, error, status)
    assert.equal(body.claims, '{"access_token":{}}')
  })

test('S2B-12 AADSTS90055 throttles with 429 and Retry-After', async () => {
  shared.emulator.setFault({ path: 'token', kind: 'status', aadsts: 90055, retryAfterSeconds: 3, times: 1 })
  const response = await shared.obo('x')
  assert.equal(response.headers.get('retry-after'), '3')
  await refused(response, 90055, 'temporarily_unavailable', 429)
})

test('a fault without a code is a plain status', async () => {
  shared.emulator.setFault({ path: 'token', kind: 'status', status: 500, times: 1 })
  assert.equal((await shared.obo('x')).status, 500)
})

test('garbage is 200 that is no JSON', async () => {
  shared.emulator.setFault({ path: 'keys', kind: 'garbage', times: 1 })
  const response = await fetch(shared.url('/discovery/v2.0/keys'))
  assert.equal(response.status, 200)
  await assert.rejects(response.json())
})

test('drop ends the connection without an answer', async () => {
  shared.emulator.setFault({ path: 'discovery', kind: 'drop', times: 1 })
  const url = shared.url('/v2.0/.well-known/openid-configuration')
  await assert.rejects(fetch(url), TypeError)
  assert.equal((await fetch(url)).status, 200)
})

test('slow is the right answer, late', async () => {
  shared.emulator.setFault({ path: 'keys', kind: 'slow', delayMs: 80, times: 1 })
  const started = performance.now()
  assert.equal((await fetch(shared.url('/discovery/v2.0/keys'))).status, 200)
  assert.ok(performance.now() - started >= 75)
})

test('a code that the emulator does not know cannot be ordered', () => {
  assert.throws(() => shared.emulator.setFault({ path: 'token', kind: 'status', aadsts: 1 }), /table of codes/)
})

test('a fault lasts until it is taken away, and touches its own path only', async () => {
  shared.emulator.setFault({ path: 'keys', kind: 'status', status: 503 })
  for (let i = 0; i < 3; i += 1) assert.equal((await fetch(shared.url('/discovery/v2.0/keys'))).status, 503)
  assert.equal((await fetch(shared.url('/v2.0/.well-known/openid-configuration'))).status, 200)
  shared.emulator.setFault(undefined)
  assert.equal((await fetch(shared.url('/discovery/v2.0/keys'))).status, 200)
})
