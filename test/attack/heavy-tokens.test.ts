import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../packages/verifier/src/jwt/strict-json.ts'
import { TokenCache } from '../../packages/verifier/src/token-cache.ts'
import type { VerifiedToken } from '../../packages/verifier/src/verified-token.ts'

const TOKENS = 1_000

/** How many of them a cache keeps that has room for twice as many. */
function keptOf(claimsOf: (index: number) => JsonObject): number {
  const cache = new TokenCache<VerifiedToken<'oidc'>>(() => 0, { maxEntries: 2 * TOKENS })
  const keys = Array.from({ length: TOKENS }, (_, index) => `key ${index}`)
  const token = { kind: 'oidc', teamspaceId: 'a', issuer: 'https://id.example', audience: 'b', subject: 'c' } as const
  for (const [index, key] of keys.entries()) {
    cache.verify(key, () => ({ ...token, scopes: [], expiresAtSeconds: 60, claims: claimsOf(index) }))
  }
  return keys.filter((key) => cache.get(key) !== undefined).length
}

/** A compromised identity provider fills tokens with what costs us twenty times the room that it takes in the token. */
test('heavy tokens: an issuer that stuffs its tokens cannot fill the memory of the gate with them', () => {
  const stuffing = `[${'{},'.repeat(3_900)}{}]`
  assert.ok(keptOf(() => ({ stuffing: JSON.parse(stuffing) })) < TOKENS / 10)
  assert.ok(keptOf(() => ({ stuffing: Array.from({ length: 5_000 }, () => 0) })) < TOKENS / 10)
})

test('heavy tokens: tokens as issuers write them, with a dozen claims and some groups, all find their room', () => {
  const groups = Array.from({ length: 40 }, () => 'aaaaaaaa-0001-4000-8000-000000000001')
  assert.equal(
    keptOf((index) => ({ sub: `person ${index}`, scope: 'openid mcp.access', groups })),
    TOKENS,
  )
})
