import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forEachStore, TEST_SEALING_KEY } from '../../../../test/support/each-store.ts'
import { testClock } from '../../../../test/support/entra-tokens.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { createRateCounters } from './rate-counters.ts'
import type { RateCounter } from './rate-counter.ts'
import { spend } from './spend.ts'

const limitOf = (calls: number, seconds = 60) => ({
  name: 'principal',
  setting: 'limits.rate.principal',
  calls,
  seconds,
})

const countersOf = (store: Store, log: (message: string) => void = () => {}) =>
  createRateCounters({ store, now: Date.now, log })

const call = async (counter: RateCounter, key = 'a', points = 1) =>
  (await spend([{ counter, key, points }], Date.now)).isAllowed

async function allowedOf(counter: RateCounter, calls: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: calls }, () => call(counter)))
  return answers.filter(Boolean).length
}

forEachStore('B-28 calls at the same time get exactly the limit, and a key nothing of another', async (_t, open) => {
  const counter = countersOf(await open()).shared(limitOf(100))
  assert.equal(await allowedOf(counter, 300), 100)
  assert.equal(await call(counter, 'b'), true)
})

forEachStore('B-28 what has ended begins anew', async (_t, open) => {
  const store = await open()
  const clock = testClock()
  const counter = createRateCounters({ store, now: clock.now, log: () => {} }).shared(limitOf(20))
  const allowed = async () => {
    const calls = Array.from({ length: 30 }, () => spend([{ counter, key: 'a', points: 1 }], clock.now))
    return (await Promise.all(calls)).filter(({ isAllowed }) => isAllowed).length
  }
  assert.equal(await allowed(), 20)
  clock.advance(60)
  await store.db
    .updateTable('rate_limit')
    .set({ expire: Date.now() - 1 })
    .execute()
  assert.equal(await allowed(), 20)
})

forEachStore('B-28 a batch that can never fit asks nobody and spends nothing', async (_t, open) => {
  const counter = countersOf(await open()).shared(limitOf(10))
  assert.equal(await call(counter, 'a', 50), false)
  assert.equal(await call(counter, 'a', 10), true)
})

async function withTwoStores(run: (stores: readonly [Store, Store]) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase()
  const open = () => openStore({ url, sealingKey: TEST_SEALING_KEY })
  const stores = [await open(), await open()] as const
  await run(stores).finally(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await drop()
  })
}

test('B-28 two processes on one database let in no more than the limit together, and nearly all of it', async () => {
  await withTwoStores(async (stores) => {
    const [here, there] = stores.map((store) => countersOf(store).shared(limitOf(200))) as [RateCounter, RateCounter]
    const both = await Promise.all([allowedOf(here, 150), allowedOf(there, 150)])
    const allowed = both[0] + both[1]
    assert.ok(allowed <= 200 && allowed >= 160, `${allowed}`)
    const alone = await Promise.all([allowedOf(here, 100), allowedOf(there, 100)])
    assert.equal(allowed + alone[0] + alone[1], 200, 'the rest goes to whoever still asks')
  })
})

test('B-28 a thousand calls of one caller cost a dozen statements, and what is leased costs no promise', async () => {
  await withTwoStores(async ([store]) => {
    const counter = countersOf(store).shared(limitOf(1000))
    let later = 0
    for (let i = 0; i < 1000; i++) {
      const spent = spend([{ counter, key: 'a', points: 1 }], Date.now)
      if (spent instanceof Promise) later += 1
      assert.equal((await spent).isAllowed, true)
    }
    assert.equal(later, 10)
  })
})

test('B-28 while the database cannot be asked each process has the limit to itself, and says so once', async () => {
  await withTwoStores(async ([store, other]) => {
    const logged: string[] = []
    const counters = createRateCounters({ store, now: Date.now, log: (message) => logged.push(message) })
    const counter = counters.shared(limitOf(50))
    assert.equal(await allowedOf(counter, 5), 5)
    await other.db.schema.alterTable('rate_limit').renameTo('away').execute()
    assert.equal(await allowedOf(counter, 100), 45)
    assert.equal(await call(counter, 'b'), true)
    assert.deepEqual(logged, ['Limits cannot be shared; each process counts by itself'])
  })
})

test('windows that have ended are taken out of the database', async () => {
  await withTwoStores(async ([store]) => {
    await store.db.insertInto('rate_limit').values({ key: 'old', points: 1, expire: 1 }).execute()
    await call(countersOf(store).shared(limitOf(10)))
    for (let tries = 0; tries < 100; tries++) {
      const rows = await store.db.selectFrom('rate_limit').selectAll().execute()
      if (rows.length === 1) return assert.notEqual(rows[0]!.key, 'old')
      await sleep(5)
    }
    assert.fail('it is still there')
  })
})
