import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMintLimiter } from './mint-limiter.ts'
import { createTokenUseQueue } from './token-use-queue.ts'
import type { TokenUseQueueOptions } from './token-use-queue.ts'

function queueWith(options: Partial<TokenUseQueueOptions> = {}) {
  let at = 0
  const written: [string, number][][] = []
  const logged: string[] = []
  const queue = createTokenUseQueue({
    write: async (uses) => void written.push([...uses]),
    now: () => at,
    log: (message) => logged.push(message),
    flushEveryMs: 1,
    closeWaitMs: 20,
    ...options,
  })
  return { queue, written, logged, advance: (ms: number) => void (at += ms) }
}

test('S4-23 a token that is used again and again is written once a minute', async () => {
  const { queue, written, advance } = queueWith()
  for (let second = 0; second < 180; second++) {
    queue.note('a')
    if (second % 30 === 0) await sleep(5)
    advance(1000)
  }
  await queue.close()
  assert.deepEqual(written.flat(), [['a', 0], ['a', 60_000], ['a', 120_000]]) // prettier-ignore
})

test('S4-23 uses of many tokens are written together', async () => {
  const { queue, written } = queueWith({ flushEveryMs: 10 })
  for (let index = 0; index < 500; index++) queue.note(`t${index}`)
  await sleep(30)
  assert.deepEqual(
    written.map((batch) => batch.length),
    [500],
  )
  await queue.close()
})

test('S4-23 a write that fails is said once and done again later, with the later use', async () => {
  let broken = true
  const all: [string, number][] = []
  const { queue, logged, advance } = queueWith({
    write: async (uses) => {
      if (broken) throw new Error('the database is gone')
      all.push(...uses)
    },
  })
  queue.note('a')
  await sleep(20)
  advance(60_000)
  queue.note('a')
  queue.note('b')
  broken = false
  await queue.close()
  assert.deepEqual(all.sort(), [['a', 60_000], ['b', 60_000]]) // prettier-ignore
  assert.equal(logged.length, 1)
})

test('S4-23 a write that hangs is not joined by others, and closing does not wait for it', async () => {
  let writes = 0
  const { queue, advance } = queueWith({ write: () => (writes++, new Promise<void>(() => {})) })
  for (let minute = 0; minute < 5; minute++) {
    queue.note('a')
    await sleep(5)
    advance(60_000)
  }
  assert.equal(writes, 1)
  const closing = performance.now()
  await queue.close()
  assert.ok(performance.now() - closing < 1000)
})

test('S4-23 a write that throws before it begins is a failure like any other', async () => {
  const { queue, logged } = queueWith({
    write: () => {
      throw new Error('closed')
    },
  })
  queue.note('a')
  await sleep(10)
  await queue.close()
  assert.equal(logged.length, 1)
})

test('what waits to be written is bounded, and what found no place is noted at the next use', async () => {
  const { queue, written } = queueWith({ maxQueued: 10, flushEveryMs: 5 })
  for (let index = 0; index < 100; index++) queue.note(`t${index}`)
  await sleep(20)
  assert.equal(written.flat().length, 10)
  queue.note('t99')
  await queue.close()
  assert.deepEqual(written.flat().at(-1), ['t99', 0])
  queue.note('late')
  assert.equal(written.flat().length, 11)
})

test('S4-07 minting is limited for each teamspace by itself, and the wait is told', () => {
  let at = 0
  const limiter = createMintLimiter({ now: () => at, perMinute: 3 })
  assert.deepEqual([1, 2, 3, 4].map(() => limiter.attempt('member acme')), [undefined, undefined, undefined, 60]) // prettier-ignore
  at = 59_500
  assert.equal(limiter.attempt('member acme'), 1)
  assert.equal(limiter.attempt('member globex'), undefined)
  at = 60_000
  assert.equal(limiter.attempt('member acme'), undefined)
})
