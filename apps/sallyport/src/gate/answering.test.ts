import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deny, isDenied } from '../outcome/denial.ts'
import type { Denial } from '../outcome/denial.ts'
import { answering } from './answering.ts'
import { readRpcBody } from './mcp/message.ts'

const DENIAL: Denial = deny({ code: 'session_unknown' })
const REQUEST = { jsonrpc: '2.0', id: 7, method: 'tools/list' }
const NOTIFICATION = { jsonrpc: '2.0', method: 'notifications/initialized' }

function answeredId(body: unknown) {
  const read = readRpcBody(Buffer.from(JSON.stringify(body)))
  assert.ok(!isDenied(read))
  return answering(DENIAL, read.messages).answers
}

test('the refusal of one request has its id, also when it came as a batch of one', () => {
  assert.deepEqual([REQUEST, [REQUEST], { ...REQUEST, id: 'a' }].map(answeredId), [7, 7, 'a'])
})

test('what is no request, and a batch of several, is refused without an id', () => {
  const others = [NOTIFICATION, { jsonrpc: '2.0', id: 7, result: {} }, [REQUEST, { ...REQUEST, id: 8 }]]
  assert.deepEqual(others.map(answeredId), [undefined, undefined, undefined])
  assert.equal(answering(DENIAL, []).answers, undefined)
})
