import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connection, NOW_SECONDS, signToken, startFakeEntra, userClaims, type FakeEntra } from '../test/fake-entra.ts'
import { isDenied, type Denial } from './denial.ts'
import type { EntraConnection } from './entra/connection.ts'
import { createEntraVerifier } from './entra/verifier.ts'
import type { TokenCacheOptions } from './token-cache.ts'
import type { VerifiedToken } from './verified-token.ts'

/** A verifier whose look-ups are counted and can be held back. */
function setUp(entra: FakeEntra, tokenCache?: TokenCacheOptions) {
  const clock = { seconds: NOW_SECONDS }
  const state: { lookUps: number; current: EntraConnection | undefined; gate: Promise<void> | undefined } = {
    lookUps: 0,
    current: connection(),
    gate: undefined,
  }
  const verifier = createEntraVerifier({
    connections: {
      find() {
        state.lookUps++
        const answer = state.current
        return state.gate ? state.gate.then(() => answer) : answer
      },
    },
    clouds: entra.clouds,
    now: () => clock.seconds * 1000,
    ...(tokenCache && { tokenCache }),
  })
  return { verifier, clock, state }
}

const isVerified = (outcome: VerifiedToken | Denial) => !isDenied(outcome)

test('a verified token is answered from the cache at once, without a promise', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  const first = await verifier.verify(token)
  const second = verifier.verify(`${token}`)
  assert.ok(!(second instanceof Promise))
  assert.equal(second, first)
  assert.equal(state.lookUps, 1)
})

test('a token is verified anew after 60 s', async () => {
  await using entra = await startFakeEntra()
  const { verifier, clock, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  await verifier.verify(token)
  clock.seconds += 59
  await verifier.verify(token)
  assert.equal(state.lookUps, 1)
  clock.seconds += 1
  await verifier.verify(token)
  assert.equal(state.lookUps, 2)
})

test('S1-41 a cached token expires when it would have expired', async () => {
  await using entra = await startFakeEntra()
  const { verifier, clock } = setUp(entra)
  const token = await signToken(userClaims(entra, { exp: NOW_SECONDS + 20 }))
  assert.ok(isVerified(await verifier.verify(token)))
  clock.seconds += 79
  assert.ok(isVerified(await verifier.verify(token)))
  clock.seconds += 1
  const outcome = await verifier.verify(token)
  assert.ok(isDenied(outcome) && outcome.denied.code === 'token_expired')
})

test('S1-41 a long-lived cache does not outlive the token', async () => {
  await using entra = await startFakeEntra()
  const { verifier, clock } = setUp(entra, { maxAgeSeconds: 3600 })
  const token = await signToken(userClaims(entra, { exp: NOW_SECONDS + 20 }))
  assert.ok(isVerified(await verifier.verify(token)))
  clock.seconds += 80
  const outcome = await verifier.verify(token)
  assert.ok(isDenied(outcome) && outcome.denied.code === 'token_expired')
})

test('a refusal is not cached', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  state.current = undefined
  assert.ok(!isVerified(await verifier.verify(token)))
  state.current = connection()
  assert.ok(isVerified(await verifier.verify(token)))
})

test('a fault is not cached', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  state.gate = Promise.reject(new Error('down'))
  await assert.rejects(Promise.resolve(verifier.verify(token)))
  state.gate = undefined
  assert.ok(isVerified(await verifier.verify(token)))
})

test('S1-17 callers that present one token at once share one verification', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)))
  assert.ok(outcomes.every(isVerified))
  assert.equal(state.lookUps, 1)
  assert.equal(entra.requests.length, 1)
})

test('S1-19, S1-75 after forget() a changed connection counts on the next call', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  assert.ok(isVerified(await verifier.verify(token)))
  state.current = connection({ requiredScope: 'mcp.admin' })
  verifier.forget()
  const outcome = await verifier.verify(token)
  assert.ok(isDenied(outcome) && outcome.denied.code === 'scope_insufficient')
})

test('S1-19 a verification in flight when forget() is called is neither kept nor shared', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra)
  const token = await signToken(userClaims(entra))
  let open = () => {}
  state.gate = new Promise((resolve) => (open = resolve))
  const before = verifier.verify(token)

  state.current = undefined
  state.gate = undefined
  verifier.forget()
  assert.ok(!isVerified(await verifier.verify(token)), 'a later caller does not join the old verification')
  open()
  assert.ok(isVerified(await before))
  assert.ok(!isVerified(await verifier.verify(token)), 'its result was not kept')
})

test('the cache is bounded and forgets the token used longest ago', async () => {
  await using entra = await startFakeEntra()
  const { verifier, state } = setUp(entra, { maxEntries: 2 })
  const tokens = await Promise.all(['a', 'b', 'c'].map((uti) => signToken(userClaims(entra, { uti }))))
  for (const token of tokens) await verifier.verify(token)
  await verifier.verify(tokens[2]!)
  assert.equal(state.lookUps, 3)
  await verifier.verify(tokens[0]!)
  assert.equal(state.lookUps, 4)
})

test('what many calls share, none can change', async () => {
  await using entra = await startFakeEntra()
  const { verifier } = setUp(entra)
  const outcome = await verifier.verify(await signToken(userClaims(entra, { groups: ['a'] })))
  assert.ok(!isDenied(outcome))
  assert.throws(() => Object.assign(outcome, { teamspaceId: 'team-b' }), TypeError)
  assert.throws(() => (outcome.scopes as string[]).push('mcp.admin'), TypeError)
  assert.throws(() => (outcome.claims['groups'] as string[]).push('admins'), TypeError)
})
