import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore, TEST_SEALING_KEY } from '../../../../test/support/each-store.ts'
import { createSealer } from '../store/sealer.ts'
import type { Store } from '../store/store.ts'
import { createSigningKeyRow, openSigningKey } from './signing-key.ts'
import { createSigningKeys, PUBLISHED_AFTER_MS, PUBLISHED_AHEAD_MS, REPLACED_AFTER_MS } from './signing-keys.ts'

const MINUTE_MS = 60_000
const START = Date.parse('2027-01-01T00:00:00Z')

/** A replica: its own memory, on the clock that all of them share. */
function replica(store: Store, clock: { now: number }) {
  const logged: string[] = []
  const keys = createSigningKeys({ store, now: () => clock.now, log: (message) => void logged.push(message) })
  return {
    logged,
    current: async () => (await keys.current()).publicJwk.kid,
    published: async () => (await keys.published()).map(({ kid }) => kid),
  }
}

forEachStore(
  'B-38 a key is made at first use, is published with kid, alg and use, and survives a restart',
  async (_t, open) => {
    const clock = { now: START }
    const store = await open()
    const keys = createSigningKeys({ store, now: () => clock.now, log: () => {} })
    const [jwk, ...others] = await keys.published()
    assert.equal(others.length, 0)
    assert.deepEqual(Object.keys(jwk!).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    assert.deepEqual([jwk!.alg, jwk!.use], ['ES256', 'sig'])
    await store.close()

    assert.equal(await replica(await open(), clock).current(), jwk!.kid)
  },
)

test('B-38 the private key is in the database only sealed, and below no other name', async () => {
  const sealer = createSealer(TEST_SEALING_KEY)
  const row = createSigningKeyRow(1, START, sealer)
  const other = createSigningKeyRow(2, START, sealer)
  const { d } = openSigningKey(row, sealer).privateKey.export({ format: 'jwk' })
  assert.ok(!JSON.stringify(row).includes(d!))
  assert.throws(() => openSigningKey({ ...row, kid: other.kid }, sealer), /could not be opened/)
  assert.throws(() => openSigningKey({ ...row, sealed_private_key: other.sealed_private_key }, sealer))
})

forEachStore('B-30 processes that start together agree on one key', async (_t, open) => {
  const clock = { now: START }
  const first = await open()
  const stores = first.engine === 'postgres' ? [first, await open(), await open(), await open()] : [first, first]
  const seen = await Promise.all(stores.map((store) => replica(store, clock).published()))
  assert.equal(new Set(seen.flat()).size, 1)
  assert.ok(seen.every((kids) => kids.length === 1))
})

forEachStore('B-33 replicas that replace a key at once agree on its successor', async (_t, open) => {
  const clock = { now: START }
  const first = await open()
  const stores = first.engine === 'postgres' ? [first, await open(), await open()] : [first, first]
  const replicas = stores.map((store) => replica(store, clock))
  const [old] = await replicas[0]!.published()
  clock.now += REPLACED_AFTER_MS
  const seen = await Promise.all(replicas.map(({ published }) => published()))
  assert.equal(new Set(seen.flat()).size, 2)
  assert.ok(seen.every(([kid, ...successors]) => kid === old && successors.length === 1))
  assert.equal(replicas.flatMap(({ logged }) => logged).length, 2)
})

forEachStore('B-33 a new key is published ahead of its use, and the old one beyond its last', async (_t, open) => {
  const clock = { now: START }
  const store = await open()
  const running = replica(store, clock)
  const old = await running.current()

  clock.now = START + REPLACED_AFTER_MS - 1
  assert.deepEqual(await running.published(), [old])
  clock.now = START + REPLACED_AFTER_MS + 10 * MINUTE_MS
  const [, successor] = await running.published()
  assert.ok(successor !== undefined && successor !== old)
  assert.equal(await running.current(), old)

  const takesOver = clock.now + PUBLISHED_AHEAD_MS
  clock.now = takesOver - 1
  assert.equal(await running.current(), old)
  clock.now = takesOver
  assert.equal(await running.current(), successor)
  assert.deepEqual(await running.published(), [old, successor])

  clock.now = takesOver + PUBLISHED_AFTER_MS + 10 * MINUTE_MS
  assert.deepEqual(await running.published(), [successor])
  assert.equal(await running.current(), successor)
})

forEachStore(
  'B-33 after a long stop the old key signs until its successor was published for long enough',
  async (_t, open) => {
    const clock = { now: START }
    const store = await open()
    const old = await replica(store, clock).current()
    clock.now += 3 * REPLACED_AFTER_MS
    const restarted = replica(store, clock)
    assert.equal(await restarted.current(), old)
    assert.equal((await restarted.published()).length, 2)
  },
)

forEachStore('B-33 a retired private key is deleted when the next one is made', async (_t, open) => {
  const clock = { now: START }
  const store = await open()
  for (let generation = 1; generation <= 4; generation++) {
    await replica(store, clock).current()
    clock.now += REPLACED_AFTER_MS
  }
  const rows = await store.db.selectFrom('signing_key').select('generation').orderBy('generation').execute()
  assert.deepEqual(
    rows.map(({ generation }) => generation),
    [3, 4],
  )
})

forEachStore(
  'keys in hand outlive a database that is down; without any there is a fault, not an empty set',
  async (_t, open) => {
    const clock = { now: START }
    const store = await open()
    const running = replica(store, clock)
    const kid = await running.current()
    const fresh = replica(store, clock)
    await store.close()
    clock.now += 60 * MINUTE_MS
    assert.equal(await running.current(), kid)
    assert.deepEqual(await running.published(), [kid])
    await assert.rejects(fresh.current())
    await assert.rejects(fresh.published())
  },
)

forEachStore('a call does not wait for the database while the keys are in hand', async (_t, open) => {
  const clock = { now: START }
  const keys = createSigningKeys({ store: await open(), now: () => clock.now, log: () => {} })
  assert.ok(keys.current() instanceof Promise)
  await keys.current()
  assert.ok(!(keys.current() instanceof Promise))
  clock.now -= 24 * 60 * MINUTE_MS // set back: nobody knows how old they are
  assert.ok(keys.current() instanceof Promise)
  await keys.current()
})
