import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { ADA, startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let gate: OidcGate
before(async () => void (gate = await startOidcGate()))
after(() => gate.close())

/** The claims that every product has, before its own. */
function common() {
  const { iss, iat, exp } = gate.claims() as unknown as Record<string, unknown>
  return { iss, iat, exp }
}

/** What identifies people is changed by starting over. */
async function connectAnew(changes: object) {
  await gate.admin.must('DELETE', '/teamspaces/initech/connections/oidc')
  await gate.connect(changes)
  await gate.addMember(ADA)
}

const allowed = (claims: object, header: object = {}) =>
  expectAllowed(gate, () => gate.call(gate.idp.sign(claims, { typ: 'JWT', ...header })))

/** Refused, with exactly this advice in the audit row, and none of it on the wire. */
async function advised(claims: object, code: string, advice: string, header: object = {}) {
  const status = code === 'scope_insufficient' ? 403 : 401
  const send = () => gate.call(gate.idp.sign(claims, { typ: 'JWT', ...header }))
  const { body } = await expectRefusal(gate, send, { status, code })
  const row = await gate.lastRow()
  assert.deepEqual([row['decision'], row['rule']], ['denied', code])
  assert.equal(row['detail'].detail, advice)
  assert.ok(!body.includes(advice), 'the caller is not told')
}

const keycloak = (changes: object = {}) => ({
  ...common(),
  jti: 'onrtac:5f',
  aud: 'account',
  sub: ADA.sub,
  typ: 'Bearer',
  azp: 'mcp-client',
  sid: '8f',
  acr: '1',
  realm_access: { roles: ['offline_access'] },
  resource_access: { account: { roles: ['view-profile'] } },
  scope: 'openid email mcp.access',
  email_verified: true,
  preferred_username: 'ada',
  ...changes,
})

test('S5-34 S5 10 Keycloak: a token for `account` says that an Audience mapper is missing', async () => {
  await gate.connect() // told by its address: …/realms/…
  await advised(
    keycloak(),
    'audience_unknown',
    `Keycloak: access tokens are for \`account\` unless an Audience mapper in a client scope of the client names this audience. Expected: ${gate.url}`,
  )
  await advised(
    keycloak({ aud: [gate.url, 'account'], scope: 'openid email' }),
    'scope_insufficient',
    'Keycloak: make a client scope with this name, with "Include in token scope" on, and assign it to the client.',
  )
  await allowed(keycloak({ aud: [gate.url, 'account'] }))
})

const okta = (changes: object = {}) => ({
  ...common(),
  ver: 1,
  jti: 'AT.7x',
  aud: gate.url,
  cid: '0oa1',
  uid: ADA.sub,
  scp: ['openid', 'mcp.access'],
  auth_time: common().iat,
  sub: 'ada@initech.example',
  ...changes,
})

test('S5-35 S5 10 Okta: scp is a list, uid is the person, and the org server is not ours', async () => {
  await connectAnew({ provider: 'okta', subjectClaim: 'uid' })
  await allowed(okta(), { typ: undefined })
  await expectRefusal(gate, () => gate.call(gate.idp.sign(okta({ uid: undefined }))), {
    status: 401,
    code: 'claims_invalid',
  })
  await advised(
    okta({ aud: gate.idp.issuer }),
    'audience_unknown',
    `Okta: set the audience of the custom authorization server. Tokens of the org authorization server (issuer without /oauth2/…) are for Okta alone. Expected: ${gate.url}`,
  )
  await advised(
    okta({ scp: ['openid'] }),
    'scope_insufficient',
    'Okta: add the scope to the custom authorization server, and to the access policy rule of the client.',
  )
})

test('Okta: by sub the login is who they are, so a member known by uid is a stranger', async () => {
  await connectAnew({ provider: 'okta' })
  const send = () => gate.call(gate.idp.sign(okta()))
  await expectRefusal(gate, send, { status: 401, code: 'member_unknown' })
})

const clerk = (changes: object = {}) => ({
  ...common(),
  azp: 'https://app.example',
  fva: [7, -1],
  nbf: common().iat,
  sid: 'sess_2f',
  sts: 'active',
  sub: ADA.sub,
  v: 2,
  ...changes,
})

test('S1-72 S1 14 Clerk: without aud the row says where to add it; with it the session is enough', async () => {
  await gate.connect({ provider: 'clerk', requiredScope: null })
  await advised(
    clerk(),
    'audience_missing',
    'Clerk: session tokens have no aud unless it is added: customise the session token, or make a JWT template, with an `aud` claim.',
  )
  await allowed(clerk({ aud: gate.url }))
  await gate.connect({ provider: 'clerk' })
  await advised(
    clerk({ aud: gate.url }),
    'scope_insufficient',
    'Clerk: session tokens have no scope: add a `scope` claim to the JWT template, or require none.',
  )
})

test('Auth0: for userinfo alone the client sent no audience', async () => {
  await gate.connect({ provider: 'auth0' })
  const auth0 = (aud: unknown) => ({
    ...common(),
    sub: ADA.sub,
    aud,
    azp: 'k2Yd',
    scope: 'openid profile mcp.access',
    permissions: [],
  })
  await allowed(auth0([gate.url, `${gate.idp.issuer}/userinfo`]))
  await advised(
    auth0(`${gate.idp.issuer}/userinfo`),
    'audience_unknown',
    `Auth0: the client must send the identifier of the API as \`audience\`, or the tenant must name it as default audience. Expected: ${gate.url}`,
  )
})

test('S5-51 Entra as a plain issuer: the audience is the client id, and Graph tokens are not ours', async () => {
  const audience = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
  await gate.connect({ provider: 'entra', audience })
  const entra = (changes: object = {}) => ({
    ...common(),
    aud: audience,
    azp: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
    nbf: common().iat,
    oid: '0d0d0d0d-0d0d-4d0d-8d0d-0d0d0d0d0d0d',
    scp: 'mcp.access',
    sub: ADA.sub,
    tid: '11111111-1111-4111-8111-111111111111',
    uti: 'uti-1',
    ver: '2.0',
    ...changes,
  })
  await allowed(entra())
  await advised(
    entra({ aud: `api://${audience}` }),
    'audience_unknown',
    `Entra: the aud of v2 tokens is the client id (GUID) of the API, not its api:// URI. Expected: ${audience}`,
  )
  await advised(
    entra({ scp: undefined, roles: ['Mcp.Call'] }),
    'scope_insufficient',
    'Entra: expose the scope on the API and grant it to the client. App-only tokens have none; use an entra connection for them.',
  )
})

test('S5 10 a client that is not allowed: the row has the claim and the client', async () => {
  await gate.connect({ allowedClients: ['another-client'] })
  const send = () => gate.call(gate.idp.sign(gate.claims()))
  await expectRefusal(gate, send, { status: 401, code: 'claims_invalid' })
  assert.deepEqual((await gate.lastRow())['detail'], { claim: 'azp', presented: 'mcp-client' })
})
