/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countOf, readSearch, toQuery } from './audit-search.ts'

test('of an address, what means something is kept, and nothing else', () => {
  const search = { kind: 'call', decision: 'denied', rule: 'token_missing', range: '24h', text: 42 }
  assert.deepEqual(readSearch(search), { ...search, text: '42' })
  const id = '01a1fddf-0b2e-7000-bf41-ae5e0153dd69'
  assert.deepEqual(readSearch({ open: id, from: '2026-11-21T08:00' }), { open: id, from: '2026-11-21T08:00' })
  assert.deepEqual(readSearch({ member: id }), { member: id })
  const strange = {
    kind: 'x',
    decision: 7,
    rule: '',
    server: {},
    range: '2y',
    from: 'noon',
    open: '../x',
    member: 'ada',
    other: 'y',
  }
  assert.deepEqual(readSearch(strange), {})
  assert.equal(readSearch({ text: 'x'.repeat(999) }).text?.length, 200)
})

test('a range counts back from now, and stands for both ends', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const asked = (search: object) => Object.fromEntries(toQuery(search, now))
  assert.deepEqual(asked({ range: '1h', until: '2026-01-01' }), { from: '2026-11-21T11:00:00.000Z' })
  assert.deepEqual(asked({ from: '2026-11-20T00:00:00Z', until: '2026-11-21T00:00:00Z' }), {
    from: '2026-11-20T00:00:00.000Z',
    until: '2026-11-21T00:00:00.000Z',
  })
  assert.deepEqual(asked({ kind: 'call', open: 'x' }), { kind: 'call' })
})

test('what is open is nothing that is looked for', () => {
  assert.equal(countOf({ open: 'x' }), 0)
  assert.equal(countOf({ rule: 'a', from: 'b', until: 'c' }), 2)
})
