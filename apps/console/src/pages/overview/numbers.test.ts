/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeOf, refusedShare, sayCount, sayMs, sayShare } from './numbers.ts'

test('numbers are as exact as they are worth', () => {
  assert.deepEqual([0, 1_234, 99_999, 1_250_000].map(sayCount), ['0', '1,234', '99,999', '1.3M'])
  assert.deepEqual([0.42, 3.875, 46.2, 1_240, 61_000].map(sayMs), ['0.42 ms', '3.9 ms', '46 ms', '1.2 s', '61 s'])
  assert.equal(sayShare(0.0834), '8.3%')
})

test('a change is told only where there is something to compare with', () => {
  assert.equal(changeOf(5, 0), undefined)
  assert.equal(changeOf(null, 5), undefined)
  assert.deepEqual(changeOf(110, 100), { direction: 'up', says: '10% up' })
  assert.deepEqual(changeOf(50, 100), { direction: 'down', says: '50% down' })
  assert.deepEqual(changeOf(1_000, 1_001), { direction: 'same', says: 'as before' })
  assert.deepEqual(changeOf(2_000, 100), { direction: 'up', says: '20 times' })
})

test('of no calls, none was refused', () => {
  assert.equal(refusedShare({ calls: 0, denied: 0, faults: 0 }), 0)
  assert.equal(refusedShare({ calls: 10, denied: 1, faults: 1 }), 0.2)
})
