import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startLoopback } from '../test/loopback-server.ts'
import { MAX_ACCESS_TOKEN_LENGTH, readBearer, takeBearer } from './bearer.ts'
import { decodeCompactJwt } from './jwt/compact-jwt.ts'

const codeOf = (rawHeaders: string[]) => {
  const outcome = readBearer(rawHeaders)
  return typeof outcome === 'string' ? outcome : outcome.denied.code
}

test('X-01 the access token is taken from Authorization: Bearer', () => {
  assert.equal(
    codeOf(['Host', 'h', 'Authorization', 'Bearer abc.DEF-1_2~3+4/5==', 'Accept', '*/*']),
    'abc.DEF-1_2~3+4/5==',
  )
})

for (const value of ['bearer t', 'BEARER t', 'BeArEr t', 'Bearer    t']) {
  test(`X-02 the scheme is read without case and with several spaces: ${value}`, () => {
    assert.equal(codeOf(['authorization', value]), 't')
    assert.equal(codeOf(['AUTHORIZATION', value]), 't')
  })
}

for (const value of [
  'Basic dXNlcjpwYXNz',
  'Digest username="a", realm="b"',
  'raw-token',
  'Bearertoken x',
  'BearerX',
  '',
]) {
  test(`X-03 another scheme or a raw value is no credential: ${JSON.stringify(value)}`, () => {
    assert.equal(codeOf(['Authorization', value]), 'token_missing')
  })
}

test('X-01 without the header the token is missing', () => {
  assert.equal(codeOf([]), 'token_missing')
  assert.equal(codeOf(['X-Access-Token', 't', 'Cookie', 'access_token=t']), 'token_missing')
})

for (const rawHeaders of [
  ['Authorization', 'Bearer a', 'Authorization', 'Bearer b'],
  ['Authorization', 'Bearer a', 'authorization', 'Bearer a'],
  ['Authorization', 'Basic eA==', 'Authorization', 'Bearer b'],
  ['Authorization', 'Bearer a, Bearer b'],
  ['Authorization', 'Bearer a,Bearer b'],
  ['Authorization', 'Basic eA==, Bearer b'],
  ['Authorization', 'Bearer, Bearer b'],
]) {
  test(`X-05 several credentials are refused, none wins: ${rawHeaders.join(' | ')}`, () => {
    assert.equal(codeOf(rawHeaders), 'token_malformed')
    assert.notEqual(typeof takeBearer(rawHeaders), 'string')
  })
}

test('X-06 a token above 16 KiB is refused, one of 16 KiB is read', () => {
  assert.equal(
    codeOf(['Authorization', `Bearer ${'a'.repeat(MAX_ACCESS_TOKEN_LENGTH)}`]).length,
    MAX_ACCESS_TOKEN_LENGTH,
  )
  assert.equal(codeOf(['Authorization', `Bearer ${'a'.repeat(MAX_ACCESS_TOKEN_LENGTH + 1)}`]), 'token_malformed')
  assert.equal(codeOf(['Authorization', `Bearer ${'a'.repeat(1_000_000)}`]), 'token_malformed')
})

for (const token of [
  'a b',
  'a\tb',
  'a\u0000',
  'a\u007f',
  'tökén',
  'a"b',
  'a\\b',
  'a=b',
  '=',
  'a\r\nx: y',
  'a;b',
  ' ',
  '',
]) {
  test(`X-07 only the b64token alphabet is a token: ${JSON.stringify(token)}`, () => {
    assert.equal(codeOf(['Authorization', `Bearer ${token}`]), 'token_malformed')
  })
}

for (const token of ['tökén', 'e30.e30.a"b', 'e30.e30.AA==', 'e30.e30.AA,AA', 'e30.e30.AA\u0000']) {
  test(`X-07 what takeBearer lets through, the decoder of JWTs refuses: ${JSON.stringify(token)}`, () => {
    assert.equal(takeBearer(['Authorization', `Bearer ${token}`]), token)
    const decoded = decodeCompactJwt(token)
    assert.equal('denied' in decoded && decoded.denied.code, 'token_malformed')
  })
}

test('X-08 "Bearer" alone is malformed, not missing', () => {
  assert.equal(codeOf(['Authorization', 'Bearer']), 'token_malformed')
})

test('X-07 a tab is not the space that separates scheme and token', () => {
  assert.equal(codeOf(['Authorization', 'Bearer\tt']), 'token_malformed')
})

test('X-05 what Node receives from the wire is seen whole', async () => {
  const seen: string[] = []
  await using server = await startLoopback((req, res) => {
    seen.push(codeOf(req.rawHeaders))
    res.end()
  })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end(
    'GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\nConnection: close\r\n\r\n',
  )
  socket.resume()
  await once(socket, 'close')
  assert.deepEqual(seen, ['token_malformed'])
})
