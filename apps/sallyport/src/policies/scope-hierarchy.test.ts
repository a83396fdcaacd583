import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createScopeHierarchy } from './scope-hierarchy.ts'

test('a scope brings what it implies, and what that implies, also in a circle', () => {
  const expand = createScopeHierarchy({ admin: ['write'], write: ['read', 'admin'], read: [] })
  assert.deepEqual([...expand(['admin'])], ['admin', 'write', 'read'])
  assert.deepEqual([...expand(['read', 'other'])], ['read', 'other'])
  assert.deepEqual([...expand([])], [])
})

test('names that every object has imply nothing', () => {
  const expand = createScopeHierarchy({})
  assert.deepEqual([...expand(['constructor', '__proto__', 'toString'])], ['constructor', '__proto__', 'toString'])
})

test('one list is worked out once', () => {
  const expand = createScopeHierarchy({ a: ['b'] })
  const presented = ['a']
  assert.equal(expand(presented), expand(presented))
})
