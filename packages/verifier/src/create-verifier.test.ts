import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { API, connection, NOW_SECONDS, signToken, startFakeEntra, TENANT, userClaims } from '../test/fake-entra.ts'
import { signWith, startFakeIssuer } from '../test/fake-issuer.ts'
import { createVerifier, type VerifyContext } from './create-verifier.ts'
import { deny, isDenied } from './denial.ts'
import { localSource } from './entra/local-source.ts'
import { hashMcpToken, mintMcpToken } from './mcp-token/mcp-token.ts'

const entra = await startFakeEntra()
const idp = await startFakeIssuer()
after(() => Promise.all([entra[Symbol.asyncDispose](), idp[Symbol.asyncDispose]()]))

const { clouds } = entra
// As if the tenant had been connected as a plain issuer too: the closed table gives its tokens to the Entra verifier.
const shadow = idp.connection({
  issuer: entra.issuer(),
  audience: API,
  keysUrl: `${entra.authority}${entra.keysPath()}`,
})
const minted = mintMcpToken()

/** Each verifier's own source notes that it was asked. */
function verifierOfAll() {
  const asked = new Set<string>()
  const source = localSource([connection()])
  const oidc = new Map([idp.connection(), shadow].map((known) => [known.issuer, [known]]))
  const verifier = createVerifier({
    now: () => NOW_SECONDS * 1000,
    entra: {
      clouds,
      connections: { find: (...address) => (asked.add('entra'), source.find(...address)) },
    },
    oidc: { connections: { find: (issuer) => (asked.add('oidc'), oidc.get(issuer) ?? []) } },
    tokens: {
      tokens: {
        find: (tokenHash) => {
          asked.add('token')
          return tokenHash === minted.tokenHash ? { id: 't1', teamspaceId: 'acme', revoked: false } : undefined
        },
      },
    },
    kubernetes: {
      verify: (_token, place) => (asked.add(`kubernetes ${place}`), deny({ code: 'token_invalid', detail: '' })),
      forget: () => void asked.add('forget kubernetes'),
    },
  })
  return { verifier, asked }
}

async function ask(accessToken: string, context?: VerifyContext) {
  const { verifier, asked } = verifierOfAll()
  const outcome = await verifier.verify(accessToken, context)
  return [isDenied(outcome) ? outcome.denied.code : `verified ${outcome.kind}`, ...asked]
}

const withoutCluster: VerifyContext = { accept: new Set(['entra', 'oidc', 'token']) }

test('X-11 each credential goes to the verifier that the table names', async () => {
  assert.deepEqual(await ask(await signToken(userClaims(entra))), ['verified entra', 'entra'])
  assert.deepEqual(await ask(await signWith(idp.claims())), ['verified oidc', 'oidc'])
  assert.deepEqual(await ask(minted.token), ['verified token', 'token'])
  assert.deepEqual(await ask('sha256~opaque', { place: 'acme' }), ['token_invalid', 'kubernetes acme'])
})

test('X-12 a refusal is final: the other verifier is not asked, though it would accept', async () => {
  const claims = userClaims(entra, { ver: '1.0' })
  assert.deepEqual(await ask(await signToken(claims)), ['token_version_unsupported', 'entra'])
  assert.deepEqual(await ask(await signWith(idp.claims({ aud: API }))), ['audience_unknown', 'oidc'])
})

test('S1-35 a v1 token is the Entra verifier’s, which knows the fix', async () => {
  const v1 = userClaims(entra, { iss: `https://sts.windows.net/${TENANT}/` })
  assert.deepEqual(await ask(await signToken(v1)), ['token_version_unsupported'])
})

test('X-14 an issuer that only looks like Entra’s is no connection’s', async () => {
  for (const iss of [`${entra.issuer()}/`, `${entra.authority}.evil.example/${TENANT}/v2.0`]) {
    assert.deepEqual(await ask(await signWith({ ...idp.claims(), iss }), withoutCluster), ['claims_invalid', 'oidc'])
  }
  for (const iss of [undefined, 5, {}]) {
    assert.deepEqual(await ask(await signWith({ ...idp.claims(), iss }), withoutCluster), ['claims_invalid'])
  }
})

test('X-13 what is no JWT reaches nobody', async () => {
  for (const word of ['', '..', 'Bearer', 'a.b.c', 'a.b', 'x'.repeat(20_000)]) {
    assert.deepEqual(await ask(word, withoutCluster), ['token_malformed'])
  }
  for (const word of ['', '..', 'a.b.c', 'a.b', 'ü', 'x'.repeat(20_000)]) {
    assert.deepEqual(await ask(word), ['token_malformed'])
  }
})

test('S4-21 what has the prefix of an MCP token is nobody else’s, and without its shape not even looked up', async () => {
  for (const word of ['mcpt_x', 'MCPT_x', `${minted.token}=`, `mcpt_${'a'.repeat(20_000)}`, 'mcpt_a.b.c']) {
    assert.deepEqual(await ask(word), ['token_invalid'])
  }
  assert.deepEqual(await ask(mintMcpToken().token), ['token_invalid', 'token'])
})

test('D-11 a kind that is not accepted here is refused before anything is looked up, cached or not', async () => {
  const good = { entra: await signToken(userClaims(entra)), oidc: await signWith(idp.claims()), token: minted.token }
  for (const [kind, accessToken] of Object.entries(good)) {
    const accept = new Set((['entra', 'oidc', 'token'] as const).filter((other) => other !== kind))
    if (kind === 'entra') accept.delete('oidc') // it would take Entra as one plain issuer among others
    const { verifier, asked } = verifierOfAll()
    const cold = await verifier.verify(accessToken, { accept })
    const code = isDenied(cold) && cold.denied.code
    assert.ok(code === 'credential_kind_refused' || code === 'claims_invalid', String(code))
    assert.deepEqual([...asked], [])

    assert.ok(!isDenied(await verifier.verify(accessToken)))
    assert.deepEqual(await verifier.verify(accessToken, { accept }), cold)
  }
})

test('S1-71 where only plain issuers are accepted, Entra may be one of them', async () => {
  const accessToken = await signToken(userClaims(entra))
  assert.deepEqual(await ask(accessToken, { accept: new Set(['oidc']) }), ['verified oidc', 'oidc'])
})

test('forgetting is for all', () => {
  const { verifier, asked } = verifierOfAll()
  verifier.forget()
  assert.deepEqual([...asked], ['forget kubernetes'])
})

test('S4-03 the three vectors, and tokens of the promised shape', () => {
  const vectors = {
    mcpt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:
      '882720b1ecaa09d71737b5f34ba37f0ee6fecf43ac6d8b77a05b3333ae718614',
    mcpt_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8:
      '1f88dc630b44ee7872987f751050e4167fe2294b8ac34d3a5763c736e1466868',
    mcpt___________________________________________8:
      '7261a05c2b4d2bbd408ee6800ad5691f626fa5fa5f3a56591de1a817e38f822f',
  }
  for (const [token, tokenHash] of Object.entries(vectors)) assert.equal(hashMcpToken(token), tokenHash)
  for (let i = 0; i < 1000; i++) {
    const { token, prefix } = mintMcpToken()
    assert.match(token, /^mcpt_[A-Za-z0-9_-]{43}$/)
    assert.equal(token.slice(0, 12), prefix)
  }
})
