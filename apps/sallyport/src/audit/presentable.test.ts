import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presentable } from './presentable.ts'

test('X-50 what looks like a credential is cut to its first characters, wherever it stands', () => {
  const jwt = `eyJhbGciOiJub25lIn0.${'a'.repeat(40)}.${'b'.repeat(40)}`
  const mcp = `mcpt_${'c'.repeat(43)}`
  const kept = presentable({ path: `/x/${mcp}/y`, list: [jwt, `Bearer ${'d'.repeat(30)}`], deep: { a: { b: jwt } } })
  assert.deepEqual(kept, { path: '/x/mcpt_…/y', list: ['eyJ…', 'Bearer ddd…'], deep: { a: { b: 'eyJ…' } } })
})

test('details are bounded in length, count and depth', () => {
  assert.equal((presentable('x'.repeat(5_000)) as string).length, 512)
  assert.equal((presentable(Array.from({ length: 500 }, () => 'x')) as string[]).length, 20)
  assert.deepEqual(presentable({ a: { b: { c: { d: { e: 1 } } } } }), { a: { b: { c: { d: '…' } } } })
  assert.deepEqual(presentable([1, true, null, undefined]), [1, true, null, undefined])
})

test('a SCIM token is cut out as well, and what only begins like one is not', () => {
  assert.equal(presentable(`at scim_${'c'.repeat(43)}.`), 'at scim_….')
  assert.equal(presentable('scim_user'), 'scim_user')
})
