import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { tourLines } from './tour-lines.ts'

const plain = (...args: Parameters<typeof tourLines>) =>
  tourLines(...args).map((line) => stripVTControlCharacters(line))
const result = { ok: true, title: 'a call without a token is refused', says: '401, Missing bearer token' }

test('what a step of the tour says is one line for a pipe, and where the terminal has room', () => {
  const line = 'ok   a call without a token is refused (401, Missing bearer token)'
  assert.deepEqual(plain(result), [line])
  assert.deepEqual(plain(result, line.length), [line])
  assert.deepEqual(plain({ ...result, ok: false }), [line.replace('ok  ', 'FAIL')])
})

test('in a narrow terminal no line is longer than it, and none breaks within a word', () => {
  assert.deepEqual(plain(result, 40), ['ok   a call without a token is refused', '     401, Missing bearer token'])
  assert.deepEqual(plain(result, 24), [
    'ok   a call without a',
    '     token is refused',
    '     401, Missing bearer',
    '     token',
  ])
})
