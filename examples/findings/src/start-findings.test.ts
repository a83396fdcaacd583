import assert from 'node:assert/strict'
import { request } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { connect, type Findings, type Mode, startFindingsWithEntra } from '../test/findings-with-entra.ts'
import { ACME, ALICE, AUDIENCE, BOB, CLIENT, GATE_AUDIENCE, GLOBEX } from '../test/local-entra.ts'

let findings: Findings
before(async () => {
  findings = await startFindingsWithEntra()
})
after(() => findings.close())

const TOOLS = [
  'acknowledge_finding',
  'export_findings',
  'get_finding',
  'list_cves',
  'list_dast_results',
  'list_findings',
  'list_repositories',
  'list_sbom_packages',
  'rescan',
  'search_findings',
  'stats',
  'whoami',
]

const MODES: [Mode, string][] = [
  [{ pin: '2026-07-28' }, '2026-07-28'],
  ['legacy', '2025-11-25'],
  ['auto', '2026-07-28'],
]
for (const [mode, version] of MODES) {
  test(`the current client, negotiating ${JSON.stringify(mode)}, gets its tools and is known`, async (t) => {
    const accessToken = findings.entra.accessToken()
    const client = await connect(t, findings.url, accessToken, mode)
    assert.equal(client.getNegotiatedProtocolVersion(), version)
    assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), TOOLS)
    const result = await client.callTool({ name: 'whoami', arguments: {} })
    assert.deepEqual(result.structuredContent, {
      kind: 'entra',
      audience: AUDIENCE,
      subject: ALICE,
      oid: ALICE,
      tid: ACME.tenantId,
      teamspaceId: ACME.teamspaceId,
      issuer: `${findings.entra.url}/${ACME.tenantId}/v2.0`,
      clientId: CLIENT,
      scopes: ['Findings.Read', 'Findings.Write'],
      roles: [],
      appOnly: false,
    })
    assert.ok(!JSON.stringify(result).includes(accessToken.slice(-40)))
    assert.equal(findings.lastAuth()?.subject, ALICE)
  })
}

test('a client of the first SDK works too', async (t) => {
  const client = new ClientV1({ name: 'test', version: '1.0.0' })
  const headers = { authorization: `Bearer ${findings.entra.accessToken()}` }
  // Its declarations are older than `exactOptionalPropertyTypes`.
  const transport = new TransportV1(new URL(findings.url), { requestInit: { headers } })
  await client.connect(transport as Parameters<typeof client.connect>[0])
  t.after(() => client.close())
  assert.deepEqual((await client.listTools()).tools.map(({ name }) => name).sort(), TOOLS)
  assert.ok(transport.sessionId)
})

const post = (headers: Record<string, string>, body: unknown = { jsonrpc: '2.0', id: 1, method: 'tools/list' }) =>
  fetch(findings.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(body),
  })
const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` })

test('without an access token GET, POST and DELETE get the same challenge', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    const response = await fetch(findings.url, { method })
    assert.equal(response.status, 401)
    const metadataUrl = new URL('/.well-known/oauth-protected-resource/mcp', findings.url).href
    assert.ok(response.headers.get('www-authenticate')?.includes(`resource_metadata="${metadataUrl}"`))
    const metadata = (await (await fetch(metadataUrl)).json()) as { resource: string }
    assert.equal(metadata.resource, findings.url)
  }
})

test('X-45 a token for the gate, of another signer, of another tenant or without the scope is refused', async () => {
  const { accessToken } = findings.entra
  const stranger = { ...ACME, tenantId: '33333333-cccc-4ccc-8ccc-333333333333' }
  const forged = accessToken(ACME, ALICE).replace(/\.[^.]+$/, `.${accessToken(ACME, BOB).split('.')[2]}`)
  assert.equal((await post(bearer(accessToken(ACME, ALICE, { aud: GATE_AUDIENCE })))).status, 401)
  assert.equal((await post(bearer(forged))).status, 401)
  assert.equal((await post(bearer(accessToken(stranger)))).status, 401)
  assert.equal((await post(bearer(accessToken(ACME, ALICE, { exp: 1_700_000_000 })))).status, 401)
  assert.equal((await post(bearer(accessToken(ACME, ALICE, { scp: 'Other.Read' })))).status, 403)
})

test('while connections cannot be looked up the answer is 503 without a challenge, and then it recovers', async (t) => {
  const other = await startFindingsWithEntra()
  t.after(() => other.close())
  other.entra.setConnectionsDown(true)
  const accessToken = other.entra.accessToken()
  const response = await fetch(other.url, { headers: bearer(accessToken) })
  assert.equal(response.status, 503)
  assert.ok(response.headers.has('retry-after'))
  assert.ok(!response.headers.has('www-authenticate'))

  other.entra.setConnectionsDown(false)
  await connect(t, other.url, accessToken)
})

test('X-40 a foreign Host or Origin is refused, and health needs no token', async () => {
  const { url, entra } = findings
  assert.equal((await post({ ...bearer(entra.accessToken()), origin: 'http://evil.example' })).status, 403)
  const outgoing = request(url, { headers: { ...bearer(entra.accessToken()), host: 'evil.example' } }).end()
  const [response] = await once(outgoing, 'response')
  assert.equal(response.resume().statusCode, 403)
  assert.equal((await fetch(new URL('/healthz', url))).status, 200)
})

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } },
}

for (const protocolVersion of ['2025-11-25', '2025-06-18', '2025-03-26']) {
  test(`a client of revision ${protocolVersion} gets a session of that revision`, async () => {
    const accessToken = findings.entra.accessToken()
    const params = { ...initialize.params, protocolVersion }
    const begun = await post(bearer(accessToken), { ...initialize, params })
    assert.match(await begun.text(), new RegExp(`"protocolVersion":"${protocolVersion}"`))
    const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' }
    // The header of the version is younger than 2025-03-26.
    const version = protocolVersion === '2025-03-26' ? {} : { 'mcp-protocol-version': protocolVersion }
    const listed = await post({ ...bearer(accessToken), ...session, ...version })
    assert.match(await listed.text(), /"acknowledge_finding"/)
  })
}

test('X-44 a session belongs to who began it: with the token of another it is not found', async () => {
  const { accessToken } = findings.entra
  const begun = await post(bearer(accessToken(ACME, ALICE)), initialize)
  await begun.body?.cancel()
  const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-06-18' }
  const statusFor = async (token: string, method = 'POST') => {
    const headers = { ...bearer(token), ...session, accept: 'application/json, text/event-stream' }
    const response =
      method === 'POST'
        ? await post(headers)
        : await fetch(findings.url, { method, headers, signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.status
  }
  const others = [accessToken(ACME, BOB), accessToken(GLOBEX, ALICE)]
  for (const other of others)
    for (const method of ['POST', 'GET', 'DELETE']) assert.equal(await statusFor(other, method), 404)

  // A fresh token of the same person is as good as the one the session began with.
  const fresh = accessToken(ACME, ALICE, { uti: 'another' })
  assert.equal(await statusFor(fresh), 200)
  // Within the two seconds that `statusFor` waits: the headers of a silent stream are not kept back.
  assert.equal(await statusFor(fresh, 'GET'), 200)
  assert.equal(await statusFor(fresh, 'DELETE'), 200)
  assert.equal(await statusFor(fresh), 404)
})

test('without a session the revisions that have one answer 400, and the log says nothing of tokens', async () => {
  const accessToken = findings.entra.accessToken()
  assert.equal((await post(bearer(accessToken))).status, 400)
  assert.equal((await post({ ...bearer(accessToken), 'content-type': 'text/plain' })).status, 415)
  assert.ok(findings.lines.every((line) => !line.includes('eyJ')))
})
