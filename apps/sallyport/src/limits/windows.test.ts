import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testClock } from '../../../../test/support/entra-tokens.ts'
import { localCounter } from './rate-counter.ts'
import { spend } from './spend.ts'
import type { Spent } from './spend.ts'
import { teamspaceOf } from './windows.ts'

const LIMIT = { name: 'address', setting: 'limits.rate.address', calls: 5, seconds: 60 }

function counterOf(options: Parameters<typeof localCounter>[2] = {}) {
  const clock = testClock()
  const counter = localCounter(LIMIT, clock.now, options)
  const call = (key: string, points = 1) => spend([{ counter, key, points }], clock.now) as Spent
  return { clock, counter, call }
}

test('a window has its calls, and a new one as many again', () => {
  const { clock, call } = counterOf()
  const allowed = () => Array.from({ length: 7 }, () => call('a').isAllowed).filter(Boolean).length
  assert.equal(allowed(), 5)
  clock.advance(59)
  assert.equal(allowed(), 0)
  clock.advance(1)
  assert.equal(allowed(), 5)
})

test('a hundred thousand keys take no more memory than the bound, and forget nobody who is counted', () => {
  const { counter, call } = counterOf({ max: 1000 })
  for (let i = 0; i < 5; i++) assert.equal(call('mine').isAllowed, true)
  for (let i = 0; i < 100_000; i++) call(`address ${i}`)
  assert.ok(counter.size <= 1000 + 4096, `${counter.size}`)
  assert.equal(call('mine').isAllowed, false)
})

test('keys beyond the bound are counted together, and each has a window of its own once there is room', () => {
  const { clock, counter, call } = counterOf({ max: 2 })
  for (const key of ['a', 'b']) call(key)
  for (let i = 0; i < 5; i++) assert.equal(call('late').isAllowed, true)
  assert.equal(call('late').isAllowed, false)
  clock.advance(60)
  for (const key of ['late', 'c']) assert.equal(call(key).isAllowed, true)
  assert.ok(counter.size <= 2, 'what has ended is gone')
})

test('what asked once and never again is gone a window later', () => {
  const { clock, counter, call } = counterOf()
  for (let i = 0; i < 3000; i++) call(`first ${i}`)
  clock.advance(60)
  for (let i = 0; i < 1000; i++) call(`second ${i}`)
  assert.ok(counter.size <= 1000, `${counter.size}`)
})

test('of several limits one refusal costs nothing of the others, and the tightest is told', () => {
  const clock = testClock()
  const wide = localCounter({ ...LIMIT, name: 'wide', calls: 10 }, clock.now)
  const narrow = localCounter({ ...LIMIT, name: 'narrow', calls: 3 }, clock.now)
  const call = (points: number) =>
    spend(
      [wide, narrow].map((counter) => ({ counter, key: 'a', points })),
      clock.now,
    ) as Spent
  assert.deepEqual([call(2).quota.limit.name, call(2).isAllowed], ['narrow', false])
  assert.equal(wide.find('a')?.left, 8)
  assert.equal(call(1).quota.remaining, 0)
})

test('whoever makes up keys takes no room from other teamspaces, and is counted with its own', () => {
  const { counter, call } = counterOf({ max: 1000, ownerOf: teamspaceOf })
  for (let i = 0; i < 10_000; i++) call(`attacker:${i}`)
  assert.ok(counter.size <= 101, `${counter.size}`)
  assert.equal(call('attacker:more').isAllowed, false)
  for (let i = 0; i < 50; i++) assert.equal(call(`victim:${i}`).isAllowed, true)
  assert.equal(call('attacker:0').isAllowed, true, 'what had a window of its own keeps it')
})

test('owners whose windows have ended have room again', () => {
  const { clock, counter, call } = counterOf({ max: 100, ownerOf: teamspaceOf })
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 40; i++) call(`a:${round}-${i}`)
    clock.advance(60)
  }
  for (let i = 0; i < 9; i++) call(`a:last-${i}`)
  assert.ok(counter.size <= 20, `${counter.size}`)
  for (let i = 0; i < 4; i++) assert.equal(call('a:last-0').isAllowed, true)
  assert.equal(call('a:last-0').isAllowed, false)
  assert.equal(call('a:last-1').isAllowed, true)
})

test('a clock that is put back shuts nobody out for longer than a window', () => {
  const { clock, call } = counterOf()
  for (let i = 0; i < 6; i++) call('a')
  clock.advance(-86_400)
  for (let i = 0; i < 5; i++) assert.equal(call('a').isAllowed, true)
  assert.equal(call('a').isAllowed, false)
  clock.advance(60)
  assert.equal(call('a').isAllowed, true)
})
