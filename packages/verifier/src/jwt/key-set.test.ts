import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestKey, KEY, startFakeEntra, type FakeEntra } from '../../test/fake-entra.ts'
import { flood, hang, json, status } from '../../test/loopback-server.ts'
import { VerificationFault } from '../fault.ts'
import { KeySet, type KeySetOptions } from './key-set.ts'

const HOUR = 3600
const NEXT_KEY = await createTestKey('key-2')

function keySetOf(entra: FakeEntra, options: Partial<KeySetOptions> = {}) {
  const clock = { seconds: 1000 }
  const keySet = new KeySet(`${entra.authority}${entra.keysPath()}`, {
    fetch: globalThis.fetch,
    now: () => clock.seconds * 1000,
    ...options,
  })
  return { keySet, clock, has: async (kid: string) => (await keySet.find(kid)) !== undefined }
}

const isUnavailable = (fault: unknown) => fault instanceof VerificationFault && fault.code === 'keys_unavailable'
const settled = () => new Promise((resolve) => setTimeout(resolve, 50))

test('S1-60 fresh keys are answered without a fetch and without a promise', async () => {
  await using entra = await startFakeEntra()
  const { keySet, clock, has } = keySetOf(entra)
  assert.ok(await has(KEY.kid))
  clock.seconds += 599
  assert.ok(!(keySet.find(KEY.kid) instanceof Promise))
  assert.equal(entra.requests.length, 1)
})

test('S1-17, S1-60 a hundred cold look-ups share one fetch', async () => {
  await using entra = await startFakeEntra()
  const { has } = keySetOf(entra)
  const found = await Promise.all(Array.from({ length: 100 }, () => has(KEY.kid)))
  assert.ok(found.every(Boolean))
  assert.equal(entra.requests.length, 1)
})

test('S1-62 rotation: the first token with the new kid causes one refetch and is verified', async () => {
  await using entra = await startFakeEntra()
  const { has } = keySetOf(entra)
  assert.ok(await has(KEY.kid))
  entra.answers.set(entra.keysPath(), json({ keys: [NEXT_KEY.publicJwk] }))
  assert.ok(await has(NEXT_KEY.kid))
  assert.equal(entra.requests.length, 2)
  assert.ok(!(await has(KEY.kid)), 'the old key is gone with the refetch')
  assert.equal(entra.requests.length, 2)
})

test('S1-62 a thousand random kids in 30 s cause two fetches, and known keys go on', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  await Promise.all(Array.from({ length: 500 }, (_, i) => has(`random-${i}`)))
  for (let i = 500; i < 1000; i++) {
    assert.ok(!(await has(`random-${i}`)))
    clock.seconds += 29 / 500
  }
  assert.equal(entra.requests.length, 2)
  assert.ok(await has(KEY.kid))
})

test('S1-62 tokens with different new kids at once share one refetch, and each is found', async () => {
  await using entra = await startFakeEntra()
  const { has } = keySetOf(entra)
  await has(KEY.kid)
  const third = { ...NEXT_KEY.publicJwk, kid: 'key-3' }
  entra.answers.set(entra.keysPath(), json({ keys: [NEXT_KEY.publicJwk, third] }))
  assert.deepEqual(await Promise.all([has(NEXT_KEY.kid), has('key-3')]), [true, true])
  assert.equal(entra.requests.length, 2)
})

test('S1-61 after the cool-down an unknown kid is looked for again', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  await has(KEY.kid)
  await has('unknown')
  clock.seconds += 29.9
  await has('unknown')
  assert.equal(entra.requests.length, 2)
  clock.seconds += 0.1
  await has('unknown')
  assert.equal(entra.requests.length, 3)
})

test('S1-61 keys older than ten minutes are refreshed in the background by their next use', async () => {
  await using entra = await startFakeEntra()
  const { keySet, clock, has } = keySetOf(entra)
  await has(KEY.kid)
  entra.answers.set(entra.keysPath(), json({ keys: [NEXT_KEY.publicJwk] }))
  clock.seconds += 600
  assert.ok(!(keySet.find(KEY.kid) instanceof Promise))
  await settled()
  assert.equal(entra.requests.length, 2)
  assert.ok(await has(NEXT_KEY.kid))
  assert.ok(!(await has(KEY.kid)))
})

test('S1-63 with the endpoint down, keys go on for 24 h and no longer', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  await has(KEY.kid)
  entra.answers.set(entra.keysPath(), status(500))
  clock.seconds += 600 + 24 * HOUR - 1
  assert.ok(await has(KEY.kid))
  await settled()
  clock.seconds += 1
  await assert.rejects(has(KEY.kid), isUnavailable)
})

test('S1-63 cold and down is a fault; recovery needs no restart', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  entra.answers.set(entra.keysPath(), status(503))
  await assert.rejects(has(KEY.kid), isUnavailable)
  await assert.rejects(has(KEY.kid), isUnavailable)
  assert.equal(entra.requests.length, 1, 'an outage is not hammered')
  entra.answers.set(entra.keysPath(), json({ keys: [KEY.publicJwk] }))
  clock.seconds += 1
  assert.ok(await has(KEY.kid))
})

test('S1-63 an unknown kid with the endpoint down is a fault, not a refusal; known keys go on', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  await has(KEY.kid)
  entra.answers.set(entra.keysPath(), status(500))
  await assert.rejects(has(NEXT_KEY.kid), isUnavailable)
  assert.ok(await has(KEY.kid))
  clock.seconds += 1
  entra.answers.set(entra.keysPath(), json({ keys: [NEXT_KEY.publicJwk] }))
  assert.ok(await has(NEXT_KEY.kid), 'a failed refetch starts no cool-down')
})

test('S1-64 a kid that two keys share is refused, without a refetch', async () => {
  await using entra = await startFakeEntra()
  entra.answers.set(entra.keysPath(), json({ keys: [KEY.publicJwk, { ...NEXT_KEY.publicJwk, kid: KEY.kid }] }))
  const { has } = keySetOf(entra)
  assert.ok(!(await has(KEY.kid)))
  assert.ok(!(await has(KEY.kid)))
  assert.equal(entra.requests.length, 1)
})

for (const [what, answer] of Object.entries({
  'a redirect, even to good keys': status(302, { location: '/elsewhere' }),
  'an answer without end': flood,
  'an answer that never comes': hang,
  'no JSON': json('x'),
  'keys that are no list': json({ keys: {} }),
  'a set without keys': json({ keys: [] }),
  'an empty answer': status(200),
  'status 404': status(404),
})) {
  test(`S1-67 a key endpoint that gives ${what} is a fault, and keeps the keys in hand`, async () => {
    await using entra = await startFakeEntra()
    entra.answers.set('/elsewhere', json({ keys: [KEY.publicJwk] }))
    const good = entra.answers.get(entra.keysPath())!
    entra.answers.set(entra.keysPath(), answer)
    const { clock, has } = keySetOf(entra, { timeoutSeconds: 0.3 })
    await assert.rejects(has(KEY.kid), isUnavailable)

    entra.answers.set(entra.keysPath(), good)
    clock.seconds += 1
    assert.ok(await has(KEY.kid))
    entra.answers.set(entra.keysPath(), answer)
    clock.seconds += 700
    assert.ok(await has(KEY.kid))
    assert.ok(!entra.requests.includes('/elsewhere'))
  })
}

test('a refused connection is a fault', async () => {
  const keySet = new KeySet('http://127.0.0.1:1/keys', { fetch: globalThis.fetch, now: Date.now })
  await assert.rejects(Promise.resolve(keySet.find('x')), isUnavailable)
})

test('S1-62 a clock that is set back neither hides new keys nor keeps a failed fetch from being tried again', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  assert.ok(await has(KEY.kid))
  assert.ok(!(await has('nobody’s')))
  entra.answers.set(entra.keysPath(), json({ keys: [NEXT_KEY.publicJwk] }))
  clock.seconds -= 900
  assert.ok(await has(NEXT_KEY.kid))

  entra.answers.set(entra.keysPath(), status(500))
  const { keySet, clock: other, has: otherHas } = keySetOf(entra)
  await assert.rejects(async () => keySet.find(KEY.kid), isUnavailable)
  entra.answers.set(entra.keysPath(), json({ keys: [KEY.publicJwk] }))
  other.seconds -= 900
  assert.ok(await otherHas(KEY.kid))
})

test('S1-63 a clock that is set back while keys cannot be had leaves the known ones good', async () => {
  await using entra = await startFakeEntra()
  const { clock, has } = keySetOf(entra)
  assert.ok(await has(KEY.kid))
  entra.answers.set(entra.keysPath(), status(500))
  clock.seconds -= 900
  assert.ok(await has(KEY.kid))
  await settled()
  assert.equal(entra.requests.length, 2, 'and they are asked for again')
})
