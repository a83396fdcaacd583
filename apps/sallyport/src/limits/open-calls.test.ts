import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { createOpenCalls } from './open-calls.ts'

const limit = (max: number) => ({ name: 'principal', max, setting: 'limits.openCalls.principal' })
const response = (destroyed = false) => Object.assign(new EventEmitter(), { destroyed }) as never
const close = (ending: never) => (ending as EventEmitter).emit('close')

test('a call counts until its response closes, and once only', () => {
  const calls = createOpenCalls()
  const claims = [{ limit: limit(2), key: 'a' }]
  const [first, second] = [response(), response()]
  assert.equal(calls.claim(first, claims), undefined)
  assert.equal(calls.claim(second, claims), undefined)
  assert.equal(calls.claim(response(), claims)?.max, 2)
  close(first)
  close(first)
  assert.equal(calls.claim(response(), claims), undefined)
  assert.equal(calls.claim(response(), claims)?.max, 2)
})

test('a call that one limit refuses is counted by none', () => {
  const calls = createOpenCalls()
  const wide = { limit: limit(10), key: 'wide' }
  const narrow = { limit: limit(1), key: 'narrow' }
  const first = response()
  calls.claim(first, [wide, narrow])
  assert.equal(calls.claim(response(), [wide, narrow])?.max, 1)
  close(first)
  assert.equal(calls.size, 0)
})

test('a client that has gone already is not counted: its response will not close again', () => {
  const calls = createOpenCalls()
  assert.equal(calls.claim(response(true), [{ limit: limit(1), key: 'a' }]), undefined)
  assert.equal(calls.size, 0)
})
