import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentinelCheck } from './sentinel.ts'

const SECRET = 'sentinel-of-the-tests-0123456789abcdef'
const judge = sentinelCheck({ header: 'x-gateway-secret', secrets: [SECRET, `${SECRET}-previous`] })

test('S3-17 either of two secrets opens, however the header name is written', () => {
  for (const name of ['x-gateway-secret', 'X-Gateway-Secret', 'X-GATEWAY-SECRET']) {
    assert.equal(judge(['host', 'a', name, SECRET]), 'valid')
    assert.equal(judge([name, `${SECRET}-previous`, 'accept', '*/*']), 'valid')
  }
})

test('S3-17 a missing, repeated or other secret does not, and a value that looks like the header is none', () => {
  assert.equal(judge([]), 'missing')
  assert.equal(judge(['x-other', 'x-gateway-secret', 'accept', SECRET]), 'missing')
  assert.equal(judge(['x-gateway_secret', SECRET]), 'missing')
  assert.equal(judge(['x-gateway-secret', SECRET, 'X-Gateway-Secret', SECRET]), 'repeated')
  for (const wrong of [
    '',
    SECRET.slice(1),
    `${SECRET} `,
    SECRET.toUpperCase(),
    `${SECRET}, ${SECRET}`,
    'x'.repeat(60_000),
  ]) {
    assert.equal(judge(['x-gateway-secret', wrong]), 'wrong')
  }
})
