import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { signInAt } from '../support/browser.ts'
import { type FindingsGate, startFindingsGate } from '../support/findings-gate.ts'
import { assertIsAda } from '../support/whoami.ts'

// A client without an SDK, in the order and with the habits that were seen of others.

let gate: FindingsGate
before(async () => void (gate = await startFindingsGate()))
after(() => gate.close())

const REDIRECT_URI = 'http://127.0.0.1:51234/callback'

test('X-43 a client that probes with GET, under a revision long gone, gets the challenge that POST gets', async () => {
  const old = { 'mcp-protocol-version': '2024-11-05' }
  const probes = [
    await gate.call(undefined, { url: gate.mcpUrl, method: 'GET', headers: { ...old, accept: 'text/event-stream' } }),
    await gate.call(undefined, { url: gate.mcpUrl, method: 'GET', headers: { 'mcp-session-id': 'left-over' } }),
    await gate.call(undefined, { url: gate.mcpUrl, method: 'DELETE' }),
    await gate.call(undefined, { url: gate.mcpUrl, body: 'not even JSON' }),
    await gate.call(undefined, { url: gate.mcpUrl, headers: old }),
  ]
  assert.deepEqual([...new Set(probes.map(({ status }) => status))], [401])
  const challenges = new Set(probes.map(({ headers }) => headers.get('www-authenticate')))
  assert.equal(challenges.size, 1)
  assert.match([...challenges][0]!, /^Bearer resource_metadata="http/)
})

for (const slash of ['', '/']) {
  test(`S2C-04 a client that writes the resource${slash && ' with a slash at its end'} goes from GET probe to tool call`, async () => {
    const probe = await gate.call(undefined, { url: gate.mcpUrl, method: 'GET' })
    const metadataUrl = /resource_metadata="([^"]+)"/.exec(probe.headers.get('www-authenticate')!)![1]!
    const { authorization_servers: issuers, scopes_supported: scopes } = await getJson(metadataUrl)
    const metadata = await getJson(`${issuers[0]}/.well-known/oauth-authorization-server`)
    const { client_id: clientId } = await register(metadata.registration_endpoint)

    const verifier = randomBytes(32).toString('base64url')
    const request = { client_id: clientId, redirect_uri: REDIRECT_URI, resource: gate.mcpUrl + slash }
    const authorizationUrl = new URL(metadata.authorization_endpoint)
    authorizationUrl.search = new URLSearchParams({
      ...request,
      response_type: 'code',
      scope: scopes.join(' '),
      state: 'a+b c%2Bd&e=f',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString()
    const callback = await signInAt(authorizationUrl, { email: ACME.ada.email, password: 'ada-password' })
    assert.equal(callback.searchParams.get('state'), 'a+b c%2Bd&e=f')

    const code = callback.searchParams.get('code')!
    const form = { ...request, grant_type: 'authorization_code', code, code_verifier: verifier }
    const answer = await fetch(metadata.token_endpoint, { method: 'POST', body: new URLSearchParams(form) })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const { access_token: accessToken } = (await answer.json()) as { access_token: string }

    assertIsAda((await callTool(accessToken, await openSession(accessToken))).result)
  })
}

test('S2C-22 a resource of somebody else is refused before anybody signs in', async () => {
  const authorizationUrl = new URL(`${gate.publicUrl}/authorize`)
  authorizationUrl.search = new URLSearchParams({
    client_id: ACME.gatewayClientId,
    redirect_uri: REDIRECT_URI,
    resource: 'https://elsewhere.example/mcp',
    response_type: 'code',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  }).toString()
  const seenBefore = gate.emulator.requests.length
  const callback = await signInAt(authorizationUrl, ACME.ada)
  assert.equal(callback.searchParams.get('error'), 'invalid_target')
  assert.equal(gate.emulator.requests.length, seenBefore)
})

test('X-44 a session that the server has forgotten, or that never was, is 404, and a new one is 200', async () => {
  const accessToken = await gate.tokenFor(ACME.ada.email)
  const stale = await openSession(accessToken)
  await gate.restartFindings()
  for (const session of [stale, 'never-was', `${stale}x`]) {
    assert.equal((await post(accessToken, 'tools/list', {}, session)).status, 404)
  }
  assertIsAda((await callTool(accessToken, await openSession(accessToken))).result)
})

async function getJson(url: string): Promise<any> {
  const response = await fetch(url, { headers: { 'mcp-protocol-version': '2024-11-05' } })
  assert.equal(response.status, 200)
  return response.json()
}

async function register(url: string) {
  const body = JSON.stringify({ client_name: 'By hand', redirect_uris: [REDIRECT_URI] })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  assert.equal(response.status, 201)
  return (await response.json()) as { client_id: string }
}

function post(accessToken: string, method: string, params: object, session?: string): Promise<Response> {
  return gate.call(accessToken, {
    url: gate.mcpUrl,
    headers: session === undefined ? {} : { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
}

async function openSession(accessToken: string): Promise<string> {
  const clientInfo = { name: 'by-hand', version: '1.0.0' }
  const response = await post(accessToken, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo,
  })
  assert.equal(response.status, 200)
  await response.text()
  return response.headers.get('mcp-session-id')!
}

async function callTool(accessToken: string, session: string): Promise<{ result: unknown }> {
  const response = await post(accessToken, 'tools/call', { name: 'whoami', arguments: {} }, session)
  assert.equal(response.status, 200)
  return JSON.parse(/^data: (\{.*)$/m.exec(await response.text())![1]!)
}
