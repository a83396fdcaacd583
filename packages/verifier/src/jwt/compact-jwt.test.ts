import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDenied } from '../denial.ts'
import { decodeCompactJwt } from './compact-jwt.ts'

const encode = (text: string) => Buffer.from(text).toString('base64url')
const HEADER = encode('{"alg":"RS256"}')
const PAYLOAD = encode('{"aud":"x"}')

const codeOf = (accessToken: string) => {
  const outcome = decodeCompactJwt(accessToken)
  return isDenied(outcome) ? outcome.denied.code : 'decoded'
}

test('a JWS in compact form is taken apart', () => {
  const jwt = decodeCompactJwt(`${HEADER}.${PAYLOAD}.c2ln`)
  assert.ok(!isDenied(jwt))
  assert.deepEqual([jwt.header, jwt.payload], [{ alg: 'RS256' }, { aud: 'x' }])
  assert.equal(jwt.signingInput.toString(), `${HEADER}.${PAYLOAD}`)
  assert.equal(jwt.signature.toString(), 'sig')
})

for (const token of [
  '',
  '.',
  '..',
  '...',
  'a',
  'a.b',
  `${HEADER}..c2ln`,
  `.${PAYLOAD}.c2ln`,
  `${HEADER}.${PAYLOAD}.`,
  'a.b.c.d',
  'a.b.c.d.e.f',
  `${HEADER}.${PAYLOAD}`,
]) {
  test(`X-13 three parts that are not empty make a JWT, nothing else: ${token}`, () => {
    assert.equal(codeOf(token), 'token_malformed')
  })
}

test('S1-39 a JWE (five parts) is refused without a fault', () => {
  assert.equal(codeOf(`${HEADER}.a.b.c.d`), 'token_invalid')
})

for (const [what, token] of Object.entries({
  'padding in the header': `${encode('{"alg":"RS256" }')}==.${PAYLOAD}.c2ln`,
  'padding in the payload': `${HEADER}.${PAYLOAD}=.c2ln`,
  'padding in the signature': `${HEADER}.${PAYLOAD}.c2lnMQ==`,
  'a space': `${HEADER}.${PAYLOAD}.c2 ln`,
  'a line break': `${HEADER}.${PAYLOAD}.c2ln\n`,
  'the base64 alphabet': `${HEADER}.${PAYLOAD}.c2+/`,
  'a character outside ASCII': `${HEADER}.${PAYLOAD}.c2lé`,
  'an impossible length': `${HEADER}.${PAYLOAD}.c2lnc`,
  'trailing bits that are not zero': `${HEADER}.${PAYLOAD}.c2lnMR`,
  'a payload that is no object': `${HEADER}.${encode('"x"')}.c2ln`,
  'a duplicate member in the header': `${encode('{"alg":"none","alg":"RS256"}')}.${PAYLOAD}.c2ln`,
  'a duplicate member in the payload': `${HEADER}.${encode('{"aud":"x","aud":"y"}')}.c2ln`,
})) {
  test(`RFC 7515 §2 one token has one spelling: ${what} is refused`, () => {
    assert.equal(codeOf(token), 'token_malformed')
  })
}

test('X-06 what is longer than 16 KiB is not decoded', () => {
  assert.equal(codeOf(`${HEADER}.${encode(JSON.stringify({ a: 'x'.repeat(16_000) }))}.c2ln`), 'token_malformed')
})
