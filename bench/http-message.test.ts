import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageLength } from './http-message.ts'

const length = (text: string) => messageLength(Buffer.from(text))

test('a message is complete when its content-length has arrived', () => {
  const message = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'
  assert.equal(length(message), message.length)
  assert.equal(length(`${message}HTTP/1.1`), message.length)
  assert.equal(length(message.slice(0, -1)), -1)
  assert.equal(length('HTTP/1.1 200 OK\r\nContent-Le'), -1)
})

test('a chunked message is complete with its last chunk, an empty one included', () => {
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
  assert.equal(length(`${head}4\r\nbody\r\n`), -1)
  assert.equal(length(`${head}4\r\nbody\r\n0\r\n\r\n`), head.length + 14)
  assert.equal(length(`${head}0\r\n\r\n`), head.length + 5)
})

test('a message without a body ends with its head', () => {
  assert.equal(length('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 27)
})
