import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { NOW_SECONDS } from '../../test/fake-entra.ts'
import { AUDIENCE, signWith, startFakeIssuer } from '../../test/fake-issuer.ts'
import { isDenied, type TokenDenialReason } from '../denial.ts'
import type { VerifiedToken } from '../verified-token.ts'
import type { OidcConnection } from './connection.ts'
import { OIDC_PROVIDERS, providerOf, type OidcProvider } from './providers.ts'
import { createOidcVerifier } from './verifier.ts'

const idp = await startFakeIssuer('/')
after(() => idp[Symbol.asyncDispose]())

const [iat, exp] = [NOW_SECONDS - 10, NOW_SECONDS + 300]
const common = { iss: idp.issuer, iat, exp }

/** The shapes that these products issue by default, with names changed; what a test is about is added to them. */
const RECORDED: Record<OidcProvider, { header: object; claims: Record<string, unknown> }> = {
  auth0: {
    header: { typ: 'JWT' },
    claims: {
      ...common,
      sub: 'auth0|64f0',
      aud: [AUDIENCE, `${idp.issuer}userinfo`],
      azp: 'k2Yd',
      scope: 'openid profile mcp.access',
      permissions: [],
    },
  },
  clerk: {
    header: { typ: 'JWT', cat: 'cl_B7d4PD111AAA' },
    claims: {
      ...common,
      azp: 'https://app.example',
      fva: [7, -1],
      nbf: iat,
      sid: 'sess_2f',
      sts: 'active',
      sub: 'user_2f',
      v: 2,
    },
  },
  entra: {
    header: { typ: 'JWT' },
    claims: {
      ...common,
      aud: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
      azp: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
      nbf: iat,
      oid: '0d0d0d0d-0d0d-4d0d-8d0d-0d0d0d0d0d0d',
      scp: 'mcp.access',
      sub: 'pairwise',
      tid: '11111111-1111-4111-8111-111111111111',
      uti: 'uti-1',
      ver: '2.0',
    },
  },
  keycloak: {
    header: { typ: 'JWT' },
    claims: {
      ...common,
      jti: 'onrtac:5f',
      aud: 'account',
      sub: '5f8e2c1a-0000-4000-8000-000000000001',
      typ: 'Bearer',
      azp: 'mcp-client',
      sid: '8f',
      acr: '1',
      realm_access: { roles: ['offline_access'] },
      resource_access: { account: { roles: ['view-profile'] } },
      scope: 'openid email mcp.access',
      email_verified: true,
      preferred_username: 'ada',
    },
  },
  kubernetes: {
    header: { typ: undefined },
    claims: {
      ...common,
      aud: [AUDIENCE],
      jti: '6f0c6f5c-0000-4000-8000-000000000002',
      nbf: iat,
      'kubernetes.io': { namespace: 'agents', serviceaccount: { name: 'crawler', uid: 'uid-1' } },
      sub: 'system:serviceaccount:agents:crawler',
    },
  },
  okta: {
    header: { typ: undefined },
    claims: {
      ...common,
      ver: 1,
      jti: 'AT.7x',
      aud: AUDIENCE,
      cid: '0oa1',
      uid: '00u1',
      scp: ['openid', 'mcp.access'],
      auth_time: iat,
      sub: 'ada@a.example',
    },
  },
}

async function verify(
  provider: OidcProvider,
  changes: Record<string, unknown> = {},
  connection: Partial<OidcConnection> = {},
): Promise<VerifiedToken<'oidc'> | (TokenDenialReason & { detail?: string })> {
  const { header, claims } = RECORDED[provider]
  const connections = [idp.connection({ provider, ...connection })]
  const verifier = createOidcVerifier({ connections, now: () => NOW_SECONDS * 1000 })
  const outcome = await verifier.verify(await signWith({ ...claims, ...changes }, { ...header }))
  return isDenied(outcome) ? outcome.denied : outcome
}

async function verified(...[provider, changes, connection]: Parameters<typeof verify>) {
  const outcome = await verify(provider, changes, connection)
  assert.ok('kind' in outcome, JSON.stringify(outcome))
  return outcome
}

async function refused(...[provider, changes, connection]: Parameters<typeof verify>) {
  const outcome = await verify(provider, changes, connection)
  assert.ok('code' in outcome, 'it was verified')
  return outcome
}

test('S5-34 Keycloak: a token for `account` is refused, and the reason names the mapper and the audience', async () => {
  const reason = await refused('keycloak')
  assert.equal(reason.code, 'audience_unknown')
  assert.match(reason.detail!, /Audience mapper.*https:\/\/mcp\.example\/mcp/)
  const { clientId, subject } = await verified('keycloak', { aud: [AUDIENCE, 'account'] })
  assert.deepEqual([clientId, subject], ['mcp-client', '5f8e2c1a-0000-4000-8000-000000000001'])
})

test('Keycloak: an ID token or a refresh token is none, though audience and scope fit', async () => {
  for (const typ of ['ID', 'Refresh', 'Offline', 'Logout']) {
    const reason = await refused('keycloak', { aud: AUDIENCE, typ })
    assert.deepEqual([reason.code, 'claim' in reason && reason.claim], ['claims_invalid', 'typ'])
  }
})

test('Keycloak: without a required scope, typ Bearer shows that it is an access token', async () => {
  await verified('keycloak', { aud: AUDIENCE, scope: '' }, { requiredScope: null })
  const reason = await refused('keycloak', { aud: AUDIENCE, scope: '', typ: undefined }, { requiredScope: null })
  assert.equal(reason.code, 'token_invalid')
})

test('S5-35 Okta: scp is a list, cid the client, and the header has no typ', async () => {
  const outcome = await verified('okta')
  assert.deepEqual([outcome.scopes, outcome.clientId], [['openid', 'mcp.access'], '0oa1'])
})

test('Okta: a token of the org authorization server is refused, and the reason says which one to use', async () => {
  const reason = await refused('okta', { aud: idp.issuer })
  assert.equal(reason.code, 'audience_unknown')
  assert.match(reason.detail!, /custom authorization server/)
})

test('S1-72 Clerk: a session token without aud is refused, and the reason says where to add it', async () => {
  const reason = await refused('clerk', {}, { requiredScope: null })
  assert.equal(reason.code, 'audience_missing')
  assert.match(reason.detail!, /JWT template/)
})

test('S1 14 Clerk: with aud it is verified; a session that is still pending is not', async () => {
  const outcome = await verified('clerk', { aud: AUDIENCE }, { requiredScope: null })
  assert.equal(outcome.subject, 'user_2f')
  const pending = await refused('clerk', { aud: AUDIENCE, sts: 'pending' }, { requiredScope: null })
  assert.deepEqual([pending.code, 'claim' in pending && pending.claim], ['claims_invalid', 'sts'])
})

test('Clerk: a scope that is required but never issued is refused with the way out', async () => {
  const reason = await refused('clerk', { aud: AUDIENCE })
  assert.equal(reason.code, 'scope_insufficient')
  assert.match(reason.detail!, /scope/)
})

test('S5-33 Kubernetes: the token of a service account has no scope; its claim `kubernetes.io` shows what it is', async () => {
  const outcome = await verified('kubernetes', {}, { requiredScope: null })
  assert.deepEqual([outcome.subject, outcome.scopes], ['system:serviceaccount:agents:crawler', []])
  const plain = await refused('kubernetes', { 'kubernetes.io': 'agents' }, { requiredScope: null })
  assert.equal(plain.code, 'token_invalid')
  assert.match((await refused('kubernetes', { aud: ['https://kubernetes.default.svc'] })).detail!, /--audience/)
})

test('Auth0: one of two audiences is ours; for userinfo alone the client sent no audience', async () => {
  assert.equal((await verified('auth0')).clientId, 'k2Yd')
  const reason = await refused('auth0', { aud: `${idp.issuer}userinfo` })
  assert.match(reason.detail!, /must send the identifier of the API/)
})

test('Entra as a plain issuer: the client id is the audience, the pairwise sub the subject', async () => {
  const audience = RECORDED.entra.claims['aud'] as string
  const outcome = await verified('entra', {}, { audience })
  assert.deepEqual([outcome.subject, outcome.scopes, outcome.tokenId], ['pairwise', ['mcp.access'], 'uti-1'])
  const reason = await refused('entra', {}, { audience: `api://${audience}` })
  assert.match(reason.detail!, /client id \(GUID\)/)
  assert.equal((await refused('entra', { ver: '1.0' }, { audience })).code, 'claims_invalid')
})

test('Entra as a plain issuer: an app-only token has no scope and is refused', async () => {
  const audience = RECORDED.entra.claims['aud'] as string
  const appOnly = { scp: undefined, roles: ['Mcp.Call'] }
  assert.equal((await refused('entra', appOnly, { audience })).code, 'scope_insufficient')
  assert.equal((await refused('entra', appOnly, { audience, requiredScope: null })).code, 'token_invalid')
})

for (const provider of Object.keys(RECORDED) as OidcProvider[]) {
  test(`S1-48 ${provider}: what looks like an ID token is refused though no scope is required`, async () => {
    const idToken = { aud: AUDIENCE, scope: undefined, scp: undefined, nonce: 'n', at_hash: 'h' }
    assert.equal((await refused(provider, idToken, { requiredScope: null })).code, 'token_invalid')
  })
}

const ADDRESSES: [issuer: string, provider: OidcProvider | undefined][] = [
  ['https://acme.eu.auth0.com/', 'auth0'],
  ['https://fresh-fly-1.clerk.accounts.dev', 'clerk'],
  ['https://clerk.context7.com', 'clerk'],
  ['https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0', 'entra'],
  ['https://id.example/realms/acme', 'keycloak'],
  ['https://id.example/auth/realms/acme', 'keycloak'],
  ['https://kubernetes.default.svc.cluster.local', 'kubernetes'],
  ['https://kubernetes.default.svc', 'kubernetes'],
  ['https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF', 'kubernetes'],
  ['https://container.googleapis.com/v1/projects/p/locations/l/clusters/c', 'kubernetes'],
  ['https://westeurope.oic.prod-aks.azure.com/11111111-1111-4111-8111-111111111111/x/', 'kubernetes'],
  ['https://kubernetes.default.svcs.example', undefined],
  ['https://acme.okta.com/oauth2/default', 'okta'],
  ['https://acme.okta.com', 'okta'],
  ['https://id.example', undefined],
  ['https://evil.example/?x=.okta.community', undefined],
]
for (const [issuer, provider] of ADDRESSES) {
  test(`${issuer} is told to be ${provider ?? 'none of the known'}`, () => {
    const told = providerOf({ issuer })
    assert.equal(Object.entries(OIDC_PROVIDERS).find(([, known]) => known === told)?.[0], provider)
  })
}
