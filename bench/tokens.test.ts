import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { createSigningKey, freshTokenId, mintToken, objectId, type TokenIssuer } from './tokens.ts'

const issuer: TokenIssuer = {
  issuer: 'http://127.0.0.1:1/7e9a0000-0000-4000-8000-00000000be9c/v2.0',
  tenantId: '7e9a0000-0000-4000-8000-00000000be9c',
  audience: 'a0d10000-0000-4000-8000-00000000be9c',
  scope: 'mcp.access',
  issuedAt: 1_700_000_000,
  keys: [createSigningKey(), createSigningKey()],
}

test('a token is as long as those of Entra, about 1.8 KB', () => {
  const { length } = mintToken(issuer, 999, freshTokenId())
  assert.ok(length > 1700 && length < 2000, `${length}`)
})

test('a token is signed by the key it names and belongs to the member asked for', () => {
  const [head = '', claims = '', signature = ''] = mintToken(issuer, 3, 'id').split('.')
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString())
  const key = issuer.keys.find((known) => known.kid === kid)
  assert.ok(key)
  const signed = Buffer.from(`${head}.${claims}`)
  assert.ok(verify('sha256', signed, createPublicKey(key.publicPem), Buffer.from(signature, 'base64url')))
  assert.equal(JSON.parse(Buffer.from(claims, 'base64url').toString()).oid, objectId(3))
})

test('a token with a new id is a token never seen before', () => {
  assert.equal(mintToken(issuer, 3, 'same'), mintToken(issuer, 3, 'same'))
  assert.notEqual(mintToken(issuer, 3, freshTokenId()), mintToken(issuer, 3, freshTokenId()))
})
