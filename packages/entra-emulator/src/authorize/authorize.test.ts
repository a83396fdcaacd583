import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { claimsOf, World, CALLBACK } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

/** Shown to the person, because there is no trusted place to send it. */
async function shown(response: Response, code: number): Promise<void> {
  const text = await response.text()
  assert.equal(response.status, 400)
  assert.equal(response.headers.get('location'), null)
  assert.ok(text.includes(`AADSTS${code}:`), text)
}

/** Sent back to the client, with its state. */
async function sentBack(world: World, fields: Record<string, string | undefined>, code: number, error: string) {
  const reply = await world.authorizeReply(fields)
  assert.equal(reply['error'], error, JSON.stringify(reply))
  assert.equal(reply['state'], 'state-1')
  assert.match(reply['error_description'] ?? '', new RegExp(`^AADSTS${code}: `))
  assert.equal(reply['error_uri'], `${world.emulator.url}/error?code=${code}`)
  return reply
}

test('AADSTS50194: a single-tenant application cannot use /common or /organizations', async () => {
  for (const name of ['common', 'organizations'])
    await shown(await fetch(`${shared.emulator.url}/${name}/oauth2/v2.0/authorize?client_id=x`), 50194)
})

test('AADSTS90002: an unknown tenant is shown, not redirected', async () => {
  await shown(await fetch(`${shared.emulator.url}/nobody.example/oauth2/v2.0/authorize?client_id=x`), 90002)
})

test('a tenant can be addressed by its domain', async () => {
  const url = shared.authorizeUrl().replace(shared.tenant().id, 'ACME.example')
  const response = await fetch(url, { redirect: 'manual' })
  assert.match(response.headers.get('location') ?? '', /[?&]code=/)
})

test('AADSTS900144 and AADSTS900971: client_id and redirect_uri must be there', async () => {
  await shown(await shared.authorize({ client_id: undefined }), 900144)
  await shown(await shared.authorize({ redirect_uri: undefined }), 900971)
})

test('AADSTS900144: a missing scope or response_type is reported to the client', async () => {
  await sentBack(shared, { scope: undefined }, 900144, 'invalid_request')
  await sentBack(shared, { response_type: undefined }, 900144, 'invalid_request')
})

test('AADSTS700016: an unknown application is shown, not redirected', async () => {
  await shown(await shared.authorize({ client_id: '99999999-0000-4000-8000-000000000000' }), 700016)
})

test('AADSTS700016: an application of another tenant is unknown here', async () => {
  await shown(await shared.authorize({ client_id: shared.app('MCP Gateway', 'Globex').appId }), 700016)
})

test('AADSTS500113: an application without any redirect URI cannot sign users in', async () => {
  const client_id = shared.app('Nightly Job').appId
  await shown(await shared.authorize({ client_id }), 500113)
  await shown(await shared.authorize({ client_id, redirect_uri: undefined }), 500113)
})

test('AADSTS50011: a redirect URI must be registered; only the port of a loopback address is free (M-50)', async () => {
  const strange = [
    'https://evil.example/callback',
    'http://localhost:1/Callback',
    'http://localhost:1/callback/',
    'http://localhost:1/callback?x=1',
    'http://localhost:1/x/../callback',
    'http://localhost@evil.example/callback',
    'http://localhost:1/callback#fragment',
    'https://localhost/callback',
    'http://[::1]:1/callback',
    'not a uri',
  ]
  for (const redirect_uri of strange) await shown(await shared.authorize({ redirect_uri }), 50011)
  for (const redirect_uri of ['http://localhost:1/callback', 'http://127.0.0.1:65000/oauth/callback'])
    assert.ok((await shared.authorizeReply({ redirect_uri }))['code'])
})

test('a path-less redirect URI comes back with a slash (M-50)', async () => {
  const response = await shared.authorize({ redirect_uri: 'http://localhost:8000' })
  assert.match(response.headers.get('location') ?? '', /^http:\/\/localhost:8000\/\?code=/)
})

test('AADSTS70007: an unknown response_mode is shown', async () => {
  await shown(await shared.authorize({ response_mode: 'web_message' }), 70007)
})

test('AADSTS70005: only response_type=code is served', async () => {
  await sentBack(shared, { response_type: 'token' }, 70005, 'unsupported_response_type')
})

test('AADSTS70011: .default does not mix with other scopes, and scopes must be well-formed', async () => {
  await sentBack(shared, { scope: `${shared.gatewayScope} ${shared.apiScope}` }, 70011, 'invalid_scope')
  await sentBack(shared, { scope: 'käse' }, 70011, 'invalid_scope')
  await sentBack(shared, { scope: 'api://something/' }, 70011, 'invalid_scope')
})

test('AADSTS500011: a resource that the tenant does not have', async () => {
  await sentBack(shared, { scope: 'api://unknown/mcp.access' }, 500011, 'invalid_resource')
})

test('AADSTS650053: a bare scope belongs to Microsoft Graph, which has no Mcp.Gateway.Access', async () => {
  const reply = await sentBack(shared, { scope: 'Mcp.Gateway.Access' }, 650053, 'invalid_client')
  assert.match(reply['error_description'] ?? '', /00000003-0000-0000-c000-000000000000/)
})

test('AADSTS650053: a disabled scope does not exist', async () => {
  await using world = await World.start((seed) => {
    for (const app of seed.tenants[0]?.apps ?? []) for (const scope of app.scopes) scope.isEnabled = false
  })
  await sentBack(world, {}, 650053, 'invalid_client')
})

test('AADSTS650057: .default of a resource that the client never asked for', async () => {
  const client_id = shared.app('Azure CLI').appId
  await sentBack(
    shared,
    { client_id, redirect_uri: 'http://localhost:1', scope: shared.apiScope },
    650057,
    'invalid_resource',
  )
})

test('S2C-21 AADSTS9010010: resource must name the owner of the scopes', async () => {
  await sentBack(shared, { resource: 'https://gate.example/mcp' }, 9010010, 'invalid_target')
  const owner = shared.app('MCP Gateway').identifierUris[0]
  assert.ok((await shared.authorizeReply({ resource: owner }))['code'])
})

test('S2C-21 AADSTS901002: a tenant may refuse any resource parameter', async () => {
  await using world = await World.start((seed) => seed.tenants.forEach((t) => (t.resourceParameter = 'refuse')))
  await sentBack(world, { resource: world.app('MCP Gateway').identifierUris[0] }, 901002, 'invalid_request')
})

const withSpa = () =>
  World.start((seed) => {
    for (const app of seed.tenants[0]?.apps ?? [])
      if (app.displayName === 'MCP Gateway') app.redirectUris.spa.push('https://spa.example/cb')
  })

test('AADSTS9002325: a single-page app must use PKCE', async () => {
  await using world = await withSpa()
  await sentBack(world, { redirect_uri: 'https://spa.example/cb' }, 9002325, 'invalid_request')
})

test('AADSTS501491: a code_challenge has 43 to 128 characters', async () => {
  await sentBack(shared, { code_challenge: 'short', code_challenge_method: 'S256' }, 501491, 'invalid_request')
})

test('AADSTS50149: an unknown code_challenge_method', async () => {
  await sentBack(shared, { code_challenge: 'x'.repeat(43), code_challenge_method: 'S512' }, 50149, 'invalid_request')
})

test('AADSTS90023: malformed claims and repeated parameters', async () => {
  await sentBack(shared, { claims: '{"access_token": 7}' }, 90023, 'invalid_request')
  await sentBack(shared, { claims: 'nonsense' }, 90023, 'invalid_request')
  await shown(await fetch(`${shared.authorizeUrl()}&state=again`), 90023)
})

test('AADSTS50058: prompt=none without session or login_hint', async () => {
  await sentBack(shared, { login_hint: undefined }, 50058, 'login_required')
})

test('AADSTS50034: prompt=none with an unknown login_hint', async () => {
  await sentBack(shared, { login_hint: 'zoe@acme.example' }, 50034, 'login_required')
})

test('AADSTS50057: a disabled user cannot sign in silently', async () => {
  await sentBack(shared, { login_hint: 'erin@acme.example' }, 50057, 'access_denied')
})

test('AADSTS50105: assignment required, user not assigned; a nested group does not assign', async () => {
  await using world = await World.start((seed) => {
    const tenant = seed.tenants[0]
    const gateway = tenant?.apps.find((app) => app.displayName === 'MCP Gateway')
    const everyone = tenant?.groups.find((group) => group.displayName === 'Everyone')
    const sales = tenant?.groups.find((group) => group.displayName === 'Sales')
    assert.ok(gateway && everyone && sales)
    gateway.assignmentRequired = true
    gateway.roleAssignments = []
    gateway.assignments = [everyone.id, sales.id]
  })
  await sentBack(world, {}, 50105, 'access_denied')
  for (const login_hint of ['dev@acme.example', 'noor@acme.example'])
    assert.ok((await world.authorizeReply({ login_hint }))['code'])
})

test('AADSTS65001: without consent a silent request needs interaction', async () => {
  const fields = { client_id: shared.app('Azure CLI').appId, redirect_uri: 'http://localhost:1' }
  const scope = `${shared.app('MCP API').identifierUris[0]}/mcp.access`
  await sentBack(shared, { ...fields, scope }, 65001, 'interaction_required')
})

test('AADSTS50076: a silent request cannot meet a claims challenge with a session that has one factor', async () => {
  await using world = await World.start()
  const cookie = await signIn(world)
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
  const response = await world.authorize({ claims }, { headers: { cookie } })
  assert.match(response.headers.get('location') ?? '', /error=interaction_required.*AADSTS50076/)
})

test('AADSTS53003: a Conditional Access block can be ordered and reaches the client', async () => {
  await using world = await World.start()
  world.emulator.setFault({ path: 'authorize', kind: 'status', aadsts: 53003, times: 1 })
  await sentBack(world, {}, 53003, 'access_denied')
  assert.ok((await world.authorizeReply())['code'])
})

test('the answer keeps state byte for byte', async () => {
  const state = 'a+b %2B %20 & = \u{1F6AA}'
  assert.equal((await shared.authorizeReply({ state }))['state'], state)
})

test('response_mode=fragment and form_post carry the same answer', async () => {
  const fragment = await shared.authorize({ response_mode: 'fragment' })
  assert.match(fragment.headers.get('location') ?? '', /^http:\/\/localhost:7777\/callback#code=.*state=state-1/)
  const posted = await (await shared.authorize({ response_mode: 'form_post' })).text()
  assert.match(posted, /<form method="post" action="http:\/\/localhost:7777\/callback">/)
  assert.match(posted, /name="code" value="1\./)
})

// The pages, as a browser without scripts uses them.

const INTERACTIVE = { prompt: undefined, login_hint: undefined }

function submit(url: string, fields: Record<string, string>, cookie = ''): Promise<Response> {
  const headers = { cookie }
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })
}

const credentials = {
  emulator_username: 'ada@acme.example',
  emulator_password: 'ada-password',
  emulator_decision: 'sign-in',
}
const cookieOf = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

async function signIn(world: World): Promise<string> {
  const response = await submit(world.authorizeUrl(INTERACTIVE), credentials)
  assert.equal(response.status, 302)
  return cookieOf(response)
}

test('a person signs in with a password, gets a code, and is not asked again in this tenant', async () => {
  await using world = await World.start()
  const page = await world.authorize(INTERACTIVE)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /Sign in to Acme/)

  const response = await submit(world.authorizeUrl(INTERACTIVE), credentials)
  assert.match(response.headers.get('location') ?? '', /^http:\/\/localhost:7777\/callback\?code=/)
  assert.match(response.headers.get('set-cookie') ?? '', /^ESTSAUTH-.*HttpOnly; SameSite=Lax/)

  const again = await world.authorize(INTERACTIVE, { headers: { cookie: cookieOf(response) } })
  assert.equal(again.status, 302)
  const other = await fetch(
    world.authorizeUrl(
      { ...INTERACTIVE, client_id: world.app('MCP Gateway', 'Globex').appId, scope: 'openid' },
      'Globex',
    ),
    {
      headers: { cookie: cookieOf(response) },
    },
  )
  assert.match(await other.text(), /Sign in to Globex/)
})

test('prompt=login and prompt=select_account ask although somebody is signed in', async () => {
  await using world = await World.start()
  const cookie = await signIn(world)
  for (const prompt of ['login', 'select_account'])
    assert.equal((await world.authorize({ ...INTERACTIVE, prompt }, { headers: { cookie } })).status, 200)
})

test('a session of one person does not serve the login_hint of another', async () => {
  await using world = await World.start()
  const cookie = await signIn(world)
  const page = await world.authorize({ ...INTERACTIVE, login_hint: 'ben@acme.example' }, { headers: { cookie } })
  assert.match(await page.text(), /value="ben@acme.example"/)
})

test('AADSTS50126: a wrong password stays on the page', async () => {
  const response = await submit(shared.authorizeUrl(INTERACTIVE), { ...credentials, emulator_password: 'wrong' })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('set-cookie'), null)
  assert.match(await response.text(), /AADSTS50126/)
})

test('AADSTS50034: an unknown user name stays on the page and is escaped there', async () => {
  const name = '"><script>alert(1)</script>'
  const response = await submit(shared.authorizeUrl(INTERACTIVE), { ...credentials, emulator_username: name })
  const text = await response.text()
  assert.match(text, /AADSTS50034/)
  assert.ok(!text.includes('<script'), text)
})

test('AADSTS50057: a disabled user is told so on the page', async () => {
  const fields = { ...credentials, emulator_username: 'erin@acme.example', emulator_password: 'erin-password' }
  assert.match(await (await submit(shared.authorizeUrl(INTERACTIVE), fields)).text(), /AADSTS50057/)
})

test('AADSTS65004: Cancel tells the client access_denied', async () => {
  const response = await submit(shared.authorizeUrl(INTERACTIVE), { emulator_decision: 'cancel' })
  const location = new URL(response.headers.get('location') ?? '')
  assert.equal(location.searchParams.get('error'), 'access_denied')
  assert.equal(location.searchParams.get('error_subcode'), 'cancel')
  assert.match(location.searchParams.get('error_description') ?? '', /^AADSTS65004/)
})

test('the pages run no script, load nothing, and cannot be framed', async () => {
  const response = await shared.authorize({ ...INTERACTIVE, login_hint: '<img src=x>' })
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/)
  const text = await response.text()
  assert.ok(!text.includes('<img'))
  const style = /<style>([^]*?)<\/style>/.exec(text)?.[1] ?? ''
  assert.ok(policy.includes(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`))
})

test('consent is asked once, recorded for that user only, and then the code comes', async () => {
  await using world = await World.start()
  const fields = { ...INTERACTIVE, client_id: world.app('Azure CLI').appId, redirect_uri: 'http://localhost:1' }
  const url = world.authorizeUrl({ ...fields, scope: `${world.app('MCP API').identifierUris[0]}/mcp.access` })
  const page = await submit(url, credentials)
  assert.match(await page.text(), /Azure CLI<\/strong> would like to use:[^]*MCP API: mcp\.access/)
  const cookie = cookieOf(page)
  const accepted = await submit(url, { emulator_decision: 'accept' }, cookie)
  assert.match(accepted.headers.get('location') ?? '', /[?&]code=/)
  assert.equal((await fetch(url, { headers: { cookie }, redirect: 'manual' })).status, 302)
  const ben = { ...credentials, emulator_username: 'ben@acme.example', emulator_password: 'ben-password' }
  assert.match(await (await submit(url, ben)).text(), /Permissions requested/)
})

test('AADSTS90094: scopes for administrators cannot be consented to by a user', async () => {
  await using world = await World.start((seed) => {
    for (const app of seed.tenants[0]?.apps ?? []) for (const scope of app.scopes) scope.type = 'Admin'
  })
  const fields = { ...INTERACTIVE, client_id: world.app('Azure CLI').appId, redirect_uri: 'http://localhost:1' }
  const url = world.authorizeUrl({ ...fields, scope: `${world.app('MCP API').identifierUris[0]}/mcp.access` })
  const response = await submit(url, credentials)
  assert.match(response.headers.get('location') ?? '', /error=access_denied.*AADSTS90094/)
})

test('S2B-15 a claims challenge is met by one more click, and the token says so (acrs)', async () => {
  await using world = await World.start()
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}'
  const url = world.authorizeUrl({ ...INTERACTIVE, claims })
  const page = await submit(url, credentials)
  assert.match(await page.text(), /Approve the sign-in/)
  const approved = await submit(url, { emulator_decision: 'approve' }, cookieOf(page))
  const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const client_id = world.app('MCP Gateway').appId
  const response = await world.post({ grant_type: 'authorization_code', client_id, code, redirect_uri: CALLBACK })
  const { access_token } = (await response.json()) as { access_token: string }
  assert.deepEqual(claimsOf(access_token)['acrs'], ['c1'])
  assert.deepEqual(claimsOf(access_token)['xms_cc'], ['cp1'])
})

test('signing out ends the session', async () => {
  await using world = await World.start()
  const cookie = await signIn(world)
  await fetch(world.url('/oauth2/v2.0/logout'), { headers: { cookie } })
  assert.equal((await world.authorize(INTERACTIVE, { headers: { cookie } })).status, 200)
})
