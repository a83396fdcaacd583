import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { OAuthTokenVerifier as VerifierOfV1 } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import { InsufficientScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { OAuthError, OAuthErrorCode, requireBearerAuth } from '@modelcontextprotocol/server'
import { AUDIENCE, signWith, startFakeIssuer } from '../../test/fake-issuer.ts'
import { SDKS } from '../../test/frameworks.ts'
import { status } from '../../test/loopback-server.ts'
import { createOidcVerifier } from '../oidc/verifier.ts'
import { oauthTokenVerifier } from './oauth-token-verifier.ts'

// What an SDK does as all middleware does is in frameworks.test.ts.

const idp = await startFakeIssuer()
after(() => idp[Symbol.asyncDispose]())
// The SDKs compare `expiresAt` with the real time.
const NOW = Math.floor(Date.now() / 1000)
const times = { iat: NOW - 10, exp: NOW + 300 }
const resourceMetadataUrl = 'https://h.example/prm'
const verifier = createOidcVerifier({ connections: [idp.connection()] })

for (const sdk of SDKS) {
  async function call(authorization: string | undefined, own = verifier) {
    let reached = 0
    await using server = await sdk.start({ verifier: own, resourceMetadataUrl }, async () => `${++reached}`)
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
    const response = await fetch(`${server.url}/mcp`, { method: 'POST', body: '{}', headers })
    return { status: response.status, challenge: response.headers.get('www-authenticate'), reached }
  }

  test(`${sdk.name}: without a credential, its 401 says where the metadata is`, async () => {
    const { status: code, challenge, reached } = await call(undefined)
    assert.deepEqual([code, reached], [401, 0])
    assert.match(challenge!, /resource_metadata="https:\/\/h\.example\/prm"/)
  })

  test(`${sdk.name}: too little scope for the connection is its 403, though the SDK was told of no scope`, async () => {
    const accessToken = await signWith(idp.claims({ ...times, scope: 'openid' }))
    const { status: code, challenge, reached } = await call(`Bearer ${accessToken}`)
    assert.deepEqual([code, reached], [403, 0])
    assert.match(challenge!, /error="insufficient_scope"/)
  })

  test(`${sdk.name}: a fault is a 500 without a challenge, never a 401`, async () => {
    await using down = await startFakeIssuer()
    down.answers.set(down.metadataPath, status(500))
    const own = createOidcVerifier({ connections: [down.connection()] })
    const { status: code, challenge, reached } = await call(`Bearer ${await signWith(down.claims(times))}`, own)
    assert.deepEqual([code, challenge, reached], [500, null, 0])
  })
}

test('MCP SDK v1 and v2: the audience is the resource that they can compare', async () => {
  const ofV1: VerifierOfV1 = oauthTokenVerifier(verifier, { InvalidTokenError, InsufficientScopeError })
  const accessToken = await signWith(idp.claims(times))
  assert.equal((await ofV1.verifyAccessToken(accessToken)).resource?.href, AUDIENCE)

  const ofV2 = oauthTokenVerifier(verifier, { OAuthError, OAuthErrorCode })
  for (const [resource, expected] of [
    [AUDIENCE, true],
    ['https://other.example/mcp', false],
  ] as const) {
    const gate = requireBearerAuth({ verifier: ofV2, expectedResource: new URL(resource), resourceMetadataUrl })
    const headers = { authorization: `Bearer ${accessToken}` }
    const outcome = await gate(new Request('https://h.example/mcp', { method: 'POST', headers }))
    assert.equal(!(outcome instanceof Response), expected)
  }
})
