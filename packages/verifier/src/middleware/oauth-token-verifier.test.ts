import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { InsufficientScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth as requireBearerAuthV1 } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import type { OAuthTokenVerifier as VerifierOfV1 } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import { OAuthError, OAuthErrorCode, requireBearerAuth } from '@modelcontextprotocol/server'
import { NOW_SECONDS } from '../../test/fake-entra.ts'
import { AUDIENCE, signWith, startFakeIssuer } from '../../test/fake-issuer.ts'
import { startLoopback, status } from '../../test/loopback-server.ts'
import { createOidcVerifier } from '../oidc/verifier.ts'
import type { AuthInfo } from './auth-info.ts'
import { oauthTokenVerifier } from './oauth-token-verifier.ts'

const idp = await startFakeIssuer()
after(() => idp[Symbol.asyncDispose]())

// The SDKs compare `expiresAt` with the real time.
const NOW = Math.floor(Date.now() / 1000)
const claims = (changes: Record<string, unknown> = {}) => idp.claims({ iat: NOW - 10, exp: NOW + 300, ...changes })
const verifier = createOidcVerifier({ connections: [idp.connection()] })
const shared = { expectedResource: new URL(AUDIENCE), resourceMetadataUrl: 'https://h.example/prm' }

type Call = (
  authorization?: string,
) => Promise<{ status: number; challenge: string | null; auth: AuthInfo | undefined }>

async function callV2(authorization?: string, own = verifier) {
  const gate = requireBearerAuth({ verifier: oauthTokenVerifier(own, { OAuthError, OAuthErrorCode }), ...shared })
  const headers: Record<string, string> = authorization ? { authorization } : {}
  const outcome = await gate(new Request('https://h.example/mcp', { method: 'POST', headers }))
  if (!(outcome instanceof Response)) return { status: 200, challenge: null, auth: outcome as unknown as AuthInfo }
  return { status: outcome.status, challenge: outcome.headers.get('www-authenticate'), auth: undefined }
}

async function callV1(authorization?: string, own = verifier) {
  const ours: VerifierOfV1 = oauthTokenVerifier(own, { InvalidTokenError, InsufficientScopeError })
  const gate = requireBearerAuthV1({ verifier: ours, ...shared })
  let auth: AuthInfo | undefined
  await using server = await startLoopback((req, res) => {
    const asExpress = Object.assign(res, {
      set: res.setHeader,
      status: (code: number) => Object.assign(res, { statusCode: code }),
      json: (body: unknown) => res.end(JSON.stringify(body)),
    })
    void gate(req as never, asExpress as never, () => {
      auth = (req as unknown as { auth: AuthInfo }).auth
      res.end()
    })
  })
  const headers: Record<string, string> = authorization ? { authorization } : {}
  const response = await fetch(server.url, { method: 'POST', headers })
  return { status: response.status, challenge: response.headers.get('www-authenticate'), auth }
}

for (const [version, call] of Object.entries({ v1: callV1, v2: callV2 }) as [string, typeof callV1][]) {
  test(`MCP SDK ${version}: a good token becomes its AuthInfo, without the token itself`, async () => {
    const { status, auth } = await (call as Call)(`Bearer ${await signWith(claims())}`)
    assert.equal(status, 200)
    assert.deepEqual([auth!.token, auth!.clientId, auth!.scopes], ['', 'client-1', ['openid', 'mcp.access']])
    assert.deepEqual([auth!.expiresAt, auth!.extra.verified.subject], [NOW + 300, 'User-1'])
  })

  test(`MCP SDK ${version}: a refused token is its 401, too little scope its 403`, async () => {
    const refused = await call(`Bearer ${await signWith(claims({ aud: 'account' }))}`)
    assert.equal(refused.status, 401)
    assert.match(refused.challenge!, /error="invalid_token", error_description="Unknown audience"/)
    const insufficient = await call(`Bearer ${await signWith(claims({ scope: 'openid' }))}`)
    assert.equal(insufficient.status, 403)
    assert.match(insufficient.challenge!, /error="insufficient_scope"/)
    assert.equal((await call()).status, 401)
  })

  test(`MCP SDK ${version}: a fault is a 500 without a challenge, never a 401`, async () => {
    await using down = await startFakeIssuer()
    down.answers.set(down.metadataPath, status(500))
    const own = createOidcVerifier({ connections: [down.connection()], now: () => NOW_SECONDS * 1000 })
    const { status: code, challenge } = await call(`Bearer ${await signWith(down.claims())}`, own)
    assert.deepEqual([code, challenge], [500, null])
  })
}
