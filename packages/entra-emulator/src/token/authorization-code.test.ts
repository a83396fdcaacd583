import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ASSERTION_TYPE, CALLBACK, claimsOf, refused, succeeded, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

const WEB = 'https://web.example/cb'
const SPA = 'https://spa.example/cb'

const withAllPlatforms = () =>
  World.start((seed) => {
    const gateway = seed.tenants[0]?.apps.find((app) => app.displayName === 'MCP Gateway')
    gateway?.redirectUris.web.push(WEB)
    gateway?.redirectUris.spa.push(SPA)
  })

test('the answer carries the tokens that the scopes ask for, and no others', async () => {
  const plain = await shared.tokens()
  assert.equal(plain.scope, shared.gatewayScope)
  assert.equal(plain.refresh_token, undefined)
  assert.equal(plain.id_token, undefined)
  const scope = `openid profile email offline_access ${shared.gatewayScope}`
  const full = await shared.tokens({ scope, nonce: 'n-1' })
  assert.equal(full.scope, shared.gatewayScope)
  assert.ok(full.refresh_token)
  const claims = claimsOf(full.id_token ?? '')
  assert.equal(claims.aud, shared.app('MCP Gateway').appId)
  assert.equal(claims['nonce'], 'n-1')
  assert.equal(claims['email'], 'ada@acme.example')
  assert.equal(claims['scp'], undefined)
})

test('token answers are not to be stored', async () => {
  const response = await shared.redeem()
  assert.match(response.headers.get('cache-control') ?? '', /no-store/)
  assert.equal(response.headers.get('pragma'), 'no-cache')
})

test('AADSTS90002: an unknown tenant, with the error body of Entra', async () => {
  const url = `${shared.emulator.url}/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token`
  const id = '22222222-2222-4222-8222-222222222222'
  const response = await fetch(url, { method: 'POST', body: '', headers: { 'client-request-id': id } })
  const body = await refused(response, 90002, 'invalid_tenant')
  assert.deepEqual(Object.keys(body), ['error', 'error_description', 'error_codes', 'timestamp', 'trace_id', 'correlation_id', 'error_uri']) // prettier-ignore
  assert.equal(body['correlation_id'], id)
  assert.equal(body['timestamp'], '2030-06-15 12:00:00Z')
})

test('AADSTS9001023: grants need the endpoint of a tenant', async () => {
  const response = await fetch(`${shared.emulator.url}/common/oauth2/v2.0/token`, { method: 'POST', body: '' })
  await refused(response, 9001023, 'invalid_request')
})

test('AADSTS900561: the token endpoint takes POST only', async () => {
  await refused(await fetch(shared.url('/oauth2/v2.0/token')), 900561, 'invalid_request')
})

test('AADSTS900144: every required parameter is asked for by name', async () => {
  const form = { grant_type: 'authorization_code', client_id: shared.app('MCP Gateway').appId }
  for (const [name, fields] of [
    ['grant_type', {}],
    ['client_id', { grant_type: 'authorization_code' }],
    ['code', form],
  ] as const) {
    const body = await refused(await shared.post(fields), 900144, 'invalid_request')
    assert.match(body.error_description, new RegExp(`'${name}'`))
  }
  await refused(await shared.redeem({ redirect_uri: undefined }), 900144, 'invalid_request')
})

test('AADSTS900144: a JSON body is not a form', async () => {
  const headers = { 'content-type': 'application/json' }
  const body = '{"grant_type":"authorization_code"}'
  const response = await fetch(shared.url('/oauth2/v2.0/token'), { method: 'POST', headers, body })
  await refused(response, 900144, 'invalid_request')
})

test('AADSTS90023: a repeated parameter', async () => {
  const body = new URLSearchParams('grant_type=refresh_token&grant_type=authorization_code')
  await refused(await fetch(shared.url('/oauth2/v2.0/token'), { method: 'POST', body }), 90023, 'invalid_request')
})

test('AADSTS70003: an unknown grant type', async () => {
  for (const grant_type of ['password', 'toString', 'urn:ietf:params:oauth:grant-type:token-exchange'])
    await refused(await shared.post({ grant_type }), 70003, 'unsupported_grant_type')
})

test('AADSTS700016: an unknown client', async () => {
  const form = { grant_type: 'authorization_code', client_id: '99999999-0000-4000-8000-000000000000' }
  await refused(await shared.post(form), 700016, 'unauthorized_client')
})

test('AADSTS9002313: a code that is none', async () => {
  await refused(await shared.redeem({ code: 'nonsense' }), 9002313, 'invalid_grant')
})

test('AADSTS700005: a code of another tenant', async () => {
  const { code, verifier } = await shared.code()
  const client_id = shared.app('MCP Gateway', 'Globex').appId
  const form = { grant_type: 'authorization_code', client_id, code, code_verifier: verifier, redirect_uri: CALLBACK }
  await refused(await shared.post(form, { tenant: 'Globex' }), 700005, 'invalid_grant')
})

test('AADSTS70000: a code of another client', async () => {
  await refused(await shared.redeem({ client_id: shared.app('Azure CLI').appId }), 70000, 'invalid_grant')
})

test('AADSTS500112: the redirect URI must be the one of the authorization request', async () => {
  await refused(await shared.redeem({ redirect_uri: 'http://localhost:7778/callback' }), 500112, 'invalid_grant')
})

test('AADSTS54005: a code is redeemed once', async () => {
  const { code, verifier } = await shared.code()
  const client_id = shared.app('MCP Gateway').appId
  const form = { grant_type: 'authorization_code', client_id, code, code_verifier: verifier, redirect_uri: CALLBACK }
  await succeeded(await shared.post(form))
  await refused(await shared.post(form), 54005, 'invalid_grant')
})

test('AADSTS54005: of many who redeem one code at once, one succeeds', async () => {
  const { code, verifier } = await shared.code()
  const client_id = shared.app('MCP Gateway').appId
  const form = { grant_type: 'authorization_code', client_id, code, code_verifier: verifier, redirect_uri: CALLBACK }
  const answers = await Promise.all(Array.from({ length: 8 }, () => shared.post(form)))
  assert.equal(answers.filter((answer) => answer.ok).length, 1)
})

test('AADSTS70008: a code lives ten minutes', async () => {
  await using world = await World.start()
  const { code, verifier } = await world.code()
  const form = { grant_type: 'authorization_code', client_id: world.app('MCP Gateway').appId, redirect_uri: CALLBACK }
  world.clock.advance(600)
  await refused(await world.post({ ...form, code, code_verifier: verifier }), 70008, 'invalid_grant')
  const late = await world.code()
  world.clock.advance(599)
  await succeeded(await world.post({ ...form, code: late.code, code_verifier: late.verifier }))
})

test('AADSTS50148: a code_challenge asks for a code_verifier', async () => {
  await refused(await shared.redeem({ code_verifier: undefined }), 50148, 'invalid_grant')
})

test('AADSTS501481: the code_verifier must match', async () => {
  await refused(await shared.redeem({ code_verifier: 'x'.repeat(43) }), 501481, 'invalid_grant')
})

test('AADSTS501481: a code_verifier without a code_challenge before', async () => {
  const none = { code_challenge: undefined, code_challenge_method: undefined }
  await refused(await shared.redeem({}, none), 501481, 'invalid_grant')
})

test('a challenge without a method is plain (RFC 7636 §4.3)', async () => {
  const verifier = 'v'.repeat(43)
  const plain = { code_challenge: verifier, code_challenge_method: undefined }
  await succeeded(await shared.redeem({ code_verifier: verifier }, plain))
})

test('AADSTS28000: a token is for one resource', async () => {
  const scope = `${shared.gatewayScope} User.Read`
  await refused(await shared.redeem({ scope }), 28000, 'invalid_request')
})

test('S2C-21 AADSTS9010010 and AADSTS901002: resource at the token endpoint', async () => {
  await refused(await shared.redeem({ resource: 'https://gate.example/mcp' }), 9010010, 'invalid_target')
  await using world = await World.start((seed) => seed.tenants.forEach((t) => (t.resourceParameter = 'refuse')))
  await refused(await world.redeem({ resource: 'https://gate.example/mcp' }), 901002, 'invalid_request')
})

test('M-51 AADSTS7000218: a code for a Web redirect needs a secret, PKCE or not', async () => {
  await using world = await withAllPlatforms()
  await refused(await world.redeem({}, { redirect_uri: WEB }), 7000218, 'invalid_client', 401)
  const client_secret = world.app('MCP Gateway').secrets[0]?.value
  const { access_token } = await succeeded(await world.redeem({ client_secret }, { redirect_uri: WEB }))
  assert.equal(claimsOf(access_token)['azpacr'], '1')
})

test('RFC 6749 §2.3.1 the secret may come in the Authorization header, form-encoded', async () => {
  await using world = await withAllPlatforms()
  const gateway = world.app('MCP Gateway')
  gateway.secrets[0]!.value = 'a+b&c=d%e f~g:h'
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)
  const authorization = `Basic ${btoa(`${gateway.appId}:${encode(gateway.secrets[0]!.value)}`)}`
  await succeeded(await world.redeem({}, { redirect_uri: WEB }, { authorization }))
  await succeeded(await world.redeem({ client_secret: 'a+b&c=d%e f~g:h' }, { redirect_uri: WEB }))
})

test('M-51 AADSTS700025: a public client sends no credential', async () => {
  const client_secret = shared.app('MCP Gateway').secrets[0]?.value
  await refused(await shared.redeem({ client_secret }), 700025, 'invalid_client', 401)
  const { access_token } = await shared.tokens()
  assert.equal(claimsOf(access_token)['azpacr'], '0')
})

test('S2C-32 AADSTS9002326: only a single-page app redeems across origins', async () => {
  await refused(await shared.redeem({}, {}, { origin: 'https://spa.example' }), 9002326, 'invalid_request')
})

test('S2C-32 AADSTS9002327: a single-page app redeems across origins only', async () => {
  await using world = await withAllPlatforms()
  await refused(await world.redeem({}, { redirect_uri: SPA }), 9002327, 'invalid_request')
  const response = await world.redeem({}, { redirect_uri: SPA }, { origin: 'https://spa.example' })
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  await succeeded(response)
})

test('a single-page app can read a refusal: CORS covers errors too', async () => {
  const response = await shared.redeem({ code: 'x' }, {}, { origin: 'https://spa.example' })
  assert.equal(response.status, 400)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
})

test('AADSTS7000215: a wrong secret, or the id of one instead of its value', async () => {
  await using world = await withAllPlatforms()
  for (const client_secret of ['wrong', world.app('MCP Gateway').secrets[0]?.keyId])
    await refused(await world.redeem({ client_secret }, { redirect_uri: WEB }), 7000215, 'invalid_client', 401)
})

test('AADSTS7000222: an expired secret', async () => {
  await using world = await withAllPlatforms()
  const secret = world.app('MCP Gateway').secrets[0]!
  secret.expiresAt = new Date(world.clock.nowMs).toISOString()
  const response = await world.redeem({ client_secret: secret.value }, { redirect_uri: WEB })
  await refused(response, 7000222, 'invalid_client', 401)
})

test('AADSTS70002: a client_assertion needs its type', async () => {
  await refused(await shared.redeem({ client_assertion: 'x' }), 70002, 'invalid_client', 401)
  assert.equal(ASSERTION_TYPE, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
})

test('AADSTS50057 and AADSTS50020: the user is looked up again when the code is redeemed', async () => {
  await using world = await World.start()
  const first = await world.code()
  const second = await world.code()
  const form = { grant_type: 'authorization_code', client_id: world.app('MCP Gateway').appId, redirect_uri: CALLBACK }
  world.user('Ada').accountEnabled = false
  await refused(await world.post({ ...form, code: first.code, code_verifier: first.verifier }), 50057, 'invalid_grant')
  world.tenant().users.shift()
  await refused(
    await world.post({ ...form, code: second.code, code_verifier: second.verifier }),
    50020,
    'invalid_grant',
  )
})
