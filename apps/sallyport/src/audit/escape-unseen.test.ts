import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeUnseen } from './escape-unseen.ts'

test('what nobody sees is written out, and what is kept is not', () => {
  assert.equal(
    escapeUnseen('a\u001b[31m\u009b1m\u2028\u202e\u200d\ufeff\u{e0001}ü\u{1f600}'),
    'a\\u001b[31m\\u009b1m\\u2028\\u202e\\u200d\\ufeff\\udb40\\udc01ü\u{1f600}',
  )
  assert.equal(escapeUnseen('a\tb\nc\r', '\t\n'), 'a\tb\nc\\u000d')
})

test('JSON stays the JSON that it was', () => {
  const value = { 'a\u202e': ['\u2028\u009b\u{e0001}\\u2028\\', '\n"'] }
  assert.deepEqual(JSON.parse(escapeUnseen(JSON.stringify(value))), value)
})
