import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedMap } from './bounded-map.ts'

test('a full map forgets the entry used longest ago', () => {
  const map = new BoundedMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  assert.equal(map.get('a'), 1)
  map.set('c', 3)
  assert.equal(map.get('b'), undefined)
  assert.equal(map.get('a'), 1)
  assert.equal(map.size, 2)
})

test('setting an entry again does not push out another', () => {
  const map = new BoundedMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('b', 3)
  assert.deepEqual([map.get('a'), map.get('b')], [1, 3])
})

test('a map without room is refused', () => {
  assert.throws(() => new BoundedMap(0), RangeError)
  assert.throws(() => new BoundedMap(Number.NaN), RangeError)
})
