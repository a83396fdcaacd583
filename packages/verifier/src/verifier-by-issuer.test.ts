import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { API, connection, NOW_SECONDS, signToken, startFakeEntra, TENANT, userClaims } from '../test/fake-entra.ts'
import { signWith, startFakeIssuer } from '../test/fake-issuer.ts'
import { isDenied } from './denial.ts'
import { localSource } from './entra/local-source.ts'
import { createEntraVerifier } from './entra/verifier.ts'
import { createOidcVerifier } from './oidc/verifier.ts'
import type { TokenVerifier } from './token-verifier.ts'
import type { TokenKind, VerifiedToken } from './verified-token.ts'
import { verifierByIssuer } from './verifier-by-issuer.ts'

const entra = await startFakeEntra()
const idp = await startFakeIssuer()
after(() => Promise.all([entra[Symbol.asyncDispose](), idp[Symbol.asyncDispose]()]))

const now = () => NOW_SECONDS * 1000
const { clouds } = entra
// As if the tenant had been connected as a plain issuer too: the closed table gives its tokens to the Entra verifier.
const shadow = idp.connection({
  issuer: entra.issuer(),
  audience: API,
  keysUrl: `${entra.authority}${entra.keysPath()}`,
})

function bothOf() {
  const asked: string[] = []
  const noted = <Token extends VerifiedToken<TokenKind>>(name: string, verifier: TokenVerifier<Token>) => ({
    verify: (accessToken: string) => (asked.push(name), verifier.verify(accessToken)),
    forget: () => (asked.push(`forget ${name}`), verifier.forget()),
  })
  const verifier = verifierByIssuer({
    entra: noted('entra', createEntraVerifier({ connections: localSource([connection()]), clouds, now })),
    oidc: noted('oidc', createOidcVerifier({ connections: [idp.connection(), shadow], now })),
    clouds,
  })
  return { verifier, asked }
}

async function ask(accessToken: string) {
  const { verifier, asked } = bothOf()
  const outcome = await verifier.verify(accessToken)
  return [isDenied(outcome) ? outcome.denied.code : `verified ${outcome.kind}`, ...asked]
}

test('S1-01, S1 14 an Entra token is the Entra verifier’s, any other issuer’s the OIDC verifier’s', async () => {
  assert.deepEqual(await ask(await signToken(userClaims(entra))), ['verified entra', 'entra'])
  assert.deepEqual(await ask(await signWith(idp.claims())), ['verified oidc', 'oidc'])
})

test('X-12 a refusal is final: the other verifier is not asked, though it would accept', async () => {
  const claims = userClaims(entra, { ver: '1.0' })
  assert.deepEqual(await ask(await signToken(claims)), ['token_version_unsupported', 'entra'])
  assert.deepEqual(await ask(await signWith(idp.claims({ aud: API }))), ['audience_unknown', 'oidc'])
})

test('S1-35 a v1 token is the Entra verifier’s, which knows the fix', async () => {
  const v1 = userClaims(entra, { iss: `https://sts.windows.net/${TENANT}/` })
  assert.deepEqual(await ask(await signToken(v1)), ['token_version_unsupported', 'entra'])
})

test('X-14 an issuer that only looks like Entra’s is unknown', async () => {
  for (const iss of [`${entra.issuer()}/`, `${entra.authority}.evil.example/${TENANT}/v2.0`, undefined, 5, {}]) {
    assert.deepEqual(await ask(await signWith({ ...idp.claims(), iss })), ['claims_invalid', 'oidc'])
  }
})

test('X-13 what is no JWT reaches neither', async () => {
  for (const word of ['', '..', 'Bearer', 'mcpt_x', 'a.b.c', 'x'.repeat(20_000)]) {
    assert.deepEqual(await ask(word), ['token_malformed'])
  }
})

test('forgetting is for both', () => {
  const { verifier, asked } = bothOf()
  verifier.forget()
  assert.deepEqual(asked, ['forget entra', 'forget oidc'])
})
