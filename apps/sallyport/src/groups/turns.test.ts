import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from './turns.ts'

test('few work at once, a bounded number waits in order, and whoever comes then is told so', async () => {
  const turns = createTurns(2, 3)
  const ends: (() => void)[] = []
  const begun: number[] = []
  const work = (n: number) => () => {
    begun.push(n)
    return new Promise<number>((resolve) => ends.push(() => resolve(n)))
  }
  const taken = [1, 2, 3, 4, 5, 6].map((n) => turns.take(work(n)))
  assert.equal(taken[5], undefined)
  await Promise.resolve()
  for (let ended = 0; ended < 5; ended++) {
    await new Promise(setImmediate)
    assert.equal(begun.length, Math.min(ended + 2, 5))
    ends[ended]!()
  }
  assert.deepEqual(await Promise.all(taken.slice(0, 5)), [1, 2, 3, 4, 5])
  assert.deepEqual(begun, [1, 2, 3, 4, 5])
})

test('work that fails gives its turn on', async () => {
  const turns = createTurns(1, 1)
  const failing = turns.take(() => Promise.reject(new Error('no')))
  const next = turns.take(async () => 'done')
  await assert.rejects(failing!, /no/)
  assert.equal(await next, 'done')
})
