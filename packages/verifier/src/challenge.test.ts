import assert from 'node:assert/strict'
import { validateHeaderValue } from 'node:http'
import { test } from 'node:test'
import { parseChallenge } from '../test/auth-params.ts'
import { bearerChallenge, challengeFor } from './challenge.ts'
import { deny, TOKEN_TERMS, type TokenDenialReason } from './denial.ts'

const resourceMetadataUrl = 'https://h.example/.well-known/oauth-protected-resource/context7/mcp'

const REASONS: { [Code in TokenDenialReason['code']]: Extract<TokenDenialReason, { code: Code }> } = {
  token_missing: { code: 'token_missing' },
  credential_kind_refused: { code: 'credential_kind_refused', presented: 'token', expected: 'entra' },
  token_malformed: { code: 'token_malformed', detail: 'd"\r\nx: y' },
  token_invalid: { code: 'token_invalid', detail: 'd' },
  audience_missing: { code: 'audience_missing' },
  audience_unknown: { code: 'audience_unknown', presented: '"evil' },
  token_expired: { code: 'token_expired' },
  claims_invalid: { code: 'claims_invalid', claim: 'iss', presented: '"evil' },
  signature_invalid: { code: 'signature_invalid' },
  token_version_unsupported: { code: 'token_version_unsupported', presented: '1.0' },
  app_token_refused: { code: 'app_token_refused', presented: ['"evil'] },
  scope_insufficient: { code: 'scope_insufficient', required: ['a', 'b'], presented: ['"evil'] },
}

test('X-28 the challenge of every denial is read by a strict RFC 9110 parser, and repeats nothing from the token', () => {
  for (const reason of Object.values(REASONS)) {
    const field = challengeFor(deny<TokenDenialReason>(reason), {
      resourceMetadataUrl,
      scope: 'mcp.access',
      errorUri: 'https://docs.example/denials#x',
    })
    validateHeaderValue('www-authenticate', field)
    const { scheme, params } = parseChallenge(field)
    assert.equal(scheme, 'Bearer')
    assert.equal(params['resource_metadata'], resourceMetadataUrl)
    assert.ok(!field.includes('evil'))
    const says = TOKEN_TERMS[reason.code].says
    assert.equal(params['error_description'], reason.code === 'token_missing' ? undefined : says)
  }
})

test('X-01, M-110 without a credential the challenge carries no error', () => {
  const { params } = parseChallenge(
    challengeFor(deny({ code: 'token_missing' }), { resourceMetadataUrl, errorUri: 'https://d.example' }),
  )
  assert.deepEqual(params, { resource_metadata: resourceMetadataUrl })
})

test('X-22 insufficient_scope names all scopes that are needed', () => {
  const { params } = parseChallenge(challengeFor(deny(REASONS.scope_insufficient), { scope: 'other' }))
  assert.equal(params['error'], 'insufficient_scope')
  assert.equal(params['scope'], 'a b')
})

for (const value of [
  'a"b',
  'a\\',
  '\\"',
  '", error="none',
  'a\r\nSet-Cookie: x=y',
  'é',
  '\u0000',
  '\u007f',
  '漢字',
  '\ud800',
]) {
  test(`X-27 no value can break out of its quoted-string: ${JSON.stringify(value)}`, () => {
    const field = bearerChallenge({ error_description: value, scope: 'a' })
    validateHeaderValue('www-authenticate', field)
    const { params } = parseChallenge(field)
    assert.deepEqual(Object.keys(params), ['error_description', 'scope'])
    assert.match(params['error_description']!, /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/) // RFC 6750 §3
  })
}

test('X-28 the parser of these tests refuses what was once emitted elsewhere', () => {
  assert.throws(() => parseChallenge('Bearer audience="x"", resource_metadata="y"'))
  assert.throws(() => parseChallenge('Bearer error="a", error="b"'))
})

test('parameters that are undefined are left out, and without any there is a realm: RFC 6750 §3 wants one at least', () => {
  assert.equal(bearerChallenge({ scope: undefined }), 'Bearer realm="mcp"')
  assert.throws(() => bearerChallenge({ 'a b': 'x' }), TypeError)
})
