import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sessionBinder } from './session.ts'

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index)
const OWNER = { server: 'findings', teamspaceId: 't1', principalId: 'm1', clientId: 'c1' }
const binder = sessionBinder(KEY)

test("X-44 a session is its owner's, through any replica with the same key", () => {
  const presented = binder.wrap('upstream-session', OWNER)
  assert.equal(sessionBinder(KEY).unwrap(presented, OWNER), 'upstream-session')
  assert.match(presented, /^[\x21-\x7e]+$/)
})

for (const field of Object.keys(OWNER) as (keyof typeof OWNER)[]) {
  test(`X-44 a session is worth nothing with another ${field}`, () => {
    assert.equal(binder.unwrap(binder.wrap('s', OWNER), { ...OWNER, [field]: 'other' }), undefined)
  })
}

test('the parts of an owner cannot be moved into each other', () => {
  const presented = binder.wrap('s', { ...OWNER, teamspaceId: 'a', principalId: 'b' })
  assert.equal(binder.unwrap(presented, { ...OWNER, teamspaceId: 'a\0b', principalId: '' }), undefined)
})

for (const presented of ['', '.', 'a', 'a.b', 'a.b.c', 'x'.repeat(5000), 'cw.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
  test(`an id that the gate did not make is nobody's: ${presented.slice(0, 20)}`, () => {
    assert.equal(binder.unwrap(presented, OWNER), undefined)
  })
}

test('another instance key opens nothing', () => {
  assert.equal(sessionBinder(KEY.toReversed()).unwrap(binder.wrap('s', OWNER), OWNER), undefined)
})
