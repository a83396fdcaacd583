import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChallenge } from '../../../../packages/verifier/test/auth-params.ts'
import { deny, renderDenial, TERMS } from './denial.ts'
import type { Denial, DenialReason } from './denial.ts'

const PLAIN = { compat: { plainTextErrors: true, jsonrpcErrors: false } }
const RPC = { compat: { plainTextErrors: false, jsonrpcErrors: true } }

/** One denial of each code that has the status; what varies in them never reaches the wire. */
const allOf = (status: number): Denial[] =>
  Object.entries(TERMS)
    .filter(([, terms]) => terms.status === status)
    .map(([code]) => deny({ code, required: ['a'], presented: [], claims: '{}', authorizationUri: 'x' } as never))

test('D-08 plainTextErrors gives each 401 one of the three texts of S5 (X-08), and leaves the challenge parseable (X-28)', () => {
  const texts: [DenialReason, string][] = [
    [{ code: 'token_missing' }, 'Unauthorized: Bearer token required\n'],
    [{ code: 'token_malformed', detail: 'empty' }, 'Unauthorized: Bearer token is empty\n'],
    [{ code: 'token_malformed', detail: 'too long' }, 'Unauthorized: Invalid token\n'],
    [{ code: 'token_expired' }, 'Unauthorized: Invalid token\n'],
    [{ code: 'member_unknown' }, 'Unauthorized: Invalid token\n'],
  ]
  for (const [reason, text] of texts) {
    const { status, headers, body } = renderDenial(deny(reason), { ...PLAIN, resourceMetadata: 'https://h/prm' })
    assert.deepEqual([status, headers['content-type'], body], [401, 'text/plain; charset=utf-8', text])
    const { scheme, params } = parseChallenge(headers['www-authenticate']!)
    assert.deepEqual([scheme, params['realm']], ['Bearer', 'Kubernetes MCP Server'])
    assert.equal(params['resource_metadata'], 'https://h/prm')
    assert.equal(params['error'], reason.code === 'token_missing' ? undefined : 'invalid_token') // RFC 6750 §3.1
  }
  for (const denial of allOf(401)) assert.match(renderDenial(denial, PLAIN).body, /^Unauthorized: [^\n]+\n$/)
  assert.equal(JSON.parse(renderDenial(deny({ code: 'path_unknown' }), PLAIN).body).code, 'path_unknown')
})

test('D-03 jsonrpcErrors gives 401 and 403 the body of S1 with -32001 and never -32002', () => {
  const { headers, body } = renderDenial(deny({ code: 'token_missing' }), RPC)
  assert.equal(headers['content-type'], 'application/json')
  assert.deepEqual(JSON.parse(body), {
    jsonrpc: '2.0',
    error: { code: -32001, message: 'Authentication required. Please authenticate to use this MCP server.' },
    id: null,
  })
  for (const denial of [...allOf(401), ...allOf(403)]) {
    const { status, headers, body } = renderDenial(denial, RPC)
    const message = TERMS[denial.denied.code].says
    assert.deepEqual(JSON.parse(body), { jsonrpc: '2.0', error: { code: -32001, message }, id: null })
    if (status === 401) assert.equal(parseChallenge(headers['www-authenticate']!).scheme, 'Bearer')
  }
  assert.equal(JSON.parse(renderDenial(deny({ code: 'path_unknown' }), RPC).body).code, 'path_unknown')
})

test('D-08 without a compat switch a refusal is JSON with its code, and the challenge has no realm', () => {
  const { headers, body } = renderDenial(deny({ code: 'token_expired' }), {}, 'r1')
  assert.deepEqual(JSON.parse(body), {
    error: 'invalid_token',
    error_description: 'Token expired',
    code: 'token_expired',
    request_id: 'r1',
  })
  assert.equal(parseChallenge(headers['www-authenticate']!).params['realm'], undefined)
})
