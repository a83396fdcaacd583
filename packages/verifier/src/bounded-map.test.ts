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

test('it never grows beyond its bound, and what was used lately stays', () => {
  const map = new BoundedMap<number>(10)
  for (let added = 0; added < 1000; added++) {
    map.set(`key ${added}`, added)
    if (added > 0) assert.equal(map.get('key 0'), 0)
    for (let back = 0; back < 4; back++)
      assert.equal(map.get(`key ${Math.max(0, added - back)}`), Math.max(0, added - back))
    assert.ok(map.size <= 10)
  }
})

test('what was deleted is gone from both halves', () => {
  const map = new BoundedMap<number>(4)
  for (const key of ['a', 'b', 'c']) map.set(key, 1)
  for (const key of ['a', 'b', 'c']) map.delete(key)
  assert.equal(map.size, 0)
  assert.equal(map.get('a'), undefined)
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
  assert.throws(() => new BoundedMap(1), RangeError)
  assert.throws(() => new BoundedMap(Number.NaN), RangeError)
})
