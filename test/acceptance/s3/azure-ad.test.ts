import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import type { Emulator } from 'entra-emulator'
import { freshFile } from '../../support/each-store.ts'
import { issuerOf, publishedKey, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { startMode } from './support.ts'
import type { ModeOptions } from './support.ts'

const ROLE = 'Mcp.Tool.Executor'
const clock = testClock()
const key = publishedKey()

let emulator: Emulator
before(async () => {
  emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl), now: clock.now })
})
after(() => emulator.close())

const AZURE_AD = () => ({
  AzureAd__TenantId: ACME.tenantId,
  AzureAd__ClientId: ACME.gatewayClientId,
  AzureAd__Audience: `${ACME.gatewayClientId},api://${ACME.gatewayClientId}`,
  AzureAd__Instance: `${emulator.url}/`,
})

const start = (t: TestContext, { env, settings = '', ...more }: ModeOptions = {}) =>
  startMode(t, {
    env: { ...AZURE_AD(), ...env },
    settings: `clouds: { emulator: { authority: '${emulator.url}' } }\n${settings}`,
    fetch: key.fetch,
    now: clock.now,
    ...more,
  })

const tokenOf = (changes: Record<string, unknown> = {}) =>
  key.sign(userClaims({ emulator }, clock.seconds, { roles: [ROLE], ...changes }))

const connections = async ({ admin }: Awaited<ReturnType<typeof start>>) => {
  const { teamspaces } = (await admin('/teamspaces')).body
  return {
    slugs: teamspaces.map(({ slug }: any) => slug),
    connection: (await admin('/teamspaces/default/connections/entra')).body,
  }
}

test('S3-04 two variables are a gate: people of the tenant who have the app role are in, and become members', async (t) => {
  const gate = await start(t, { env: { MCP_AUTH_MODE: 'EntraJwt' } })
  const { slugs, connection } = await connections(gate)
  assert.deepEqual(slugs, ['default'])
  assert.deepEqual(
    { tenantId: connection.tenantId, audience: connection.audience, cloud: connection.cloud },
    { tenantId: ACME.tenantId, audience: ACME.gatewayClientId, cloud: 'emulator' },
  )
  await expectAllowed(gate, () => gate.call({}, tokenOf()))
  const { members } = (await gate.admin('/teamspaces/default/members')).body
  assert.deepEqual(
    members.map(({ email, role }: any) => [email, role]),
    [[ACME.ada.email, 'developer']],
  )
  const { body } = await gate.admin('/audit?limit=10')
  assert.ok(body.events.some(({ action, actor }: any) => action === 'connection.set' && actor === 'configuration'))
})

test('S3 11 without the app role it is 403 with a JSON body, and a header that claims it changes nothing', async (t) => {
  const gate = await start(t)
  const spoofed = { 'x-mcp-roles': ROLE, 'x-ms-client-principal': btoa(JSON.stringify({ roles: [ROLE] })) }
  for (const roles of [undefined, [], ['Mcp.Tool'], ['mcp.tool.executor'], [`${ROLE} `]]) {
    for (const headers of [{}, spoofed]) {
      const refused = await expectRefusal(gate, () => gate.call({ headers }, tokenOf({ roles })), {
        status: 403,
        code: 'app_role_missing',
      })
      assert.equal(refused.headers.get('content-type'), 'application/json')
    }
  }
})

test('S3 11, D-17 every method needs a token, those of discovery too, and there is no second route', async (t) => {
  const gate = await start(t)
  const missing = { status: 401, code: 'token_missing' }
  for (const method of ['initialize', 'tools/list', 'tools/call', 'Tools/Call', 'ping', 'notifications/initialized']) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method })
    await expectRefusal(gate, () => gate.call({ body }), missing)
  }
  for (const method of ['GET', 'DELETE']) await expectRefusal(gate, () => gate.call({ method }), missing)
  for (const path of ['/api/mcp/tools/list', '/mcp', '/tools', '/tools/mcp/', '/TOOLS/mcp', '/', '/tools/mcp/oauth']) {
    const answer = await fetch(`${gate.publicUrl}${path}`, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 404, path)
  }
  assert.equal(gate.upstream.seen.length, 0)
})

test('S3-45 the role is another by azureAd.requiredRole or appRoles of a server, or none', async (t) => {
  const other = await start(t, { settings: 'azureAd: { requiredRole: Tools.Use }' })
  await expectAllowed(other, () => other.call({}, tokenOf({ roles: ['Tools.Use'] })))
  await expectRefusal(other, () => other.call({}, tokenOf()), { status: 403, code: 'app_role_missing' })
  const none = await start(t, { settings: 'azureAd: { requiredRole: null }' })
  await expectAllowed(none, () => none.call({}, tokenOf({ roles: undefined })))
})

test('S3 12 a token of another tenant is refused though its audience is right, in EntraJwt for one tenant', async (t) => {
  const gate = await start(t)
  const foreign = { tid: GLOBEX.tenantId, iss: issuerOf({ emulator }, GLOBEX.tenantId), oid: GLOBEX.gus.oid }
  await expectRefusal(gate, () => gate.call({}, tokenOf(foreign)), { status: 401, code: 'audience_unknown' })
  const mixed = { iss: issuerOf({ emulator }, GLOBEX.tenantId) }
  await expectRefusal(gate, () => gate.call({}, tokenOf(mixed)), { status: 401 })
})

test('S3 12 access_token in the query is no credential, is logged nowhere, and goes nowhere', async (t) => {
  const gate = await start(t)
  const url = `${gate.mcpUrl}?access_token=${tokenOf()}-canary`
  await expectRefusal(gate, () => gate.call({ url }), { status: 401, code: 'token_missing' })
  await expectAllowed(gate, () => gate.call({ url }, tokenOf()))
  assert.ok(!gate.upstream.seen.at(-1)!.url.includes('access_token'))
  await gate.sallyport.flushAudit()
  assert.ok(!JSON.stringify((await gate.admin('/audit')).body).includes('canary'))
})

test('S3 14 beside a server with sign-in, one without has no metadata, and the root has that of the default server', async (t) => {
  const more = (upstream: string) =>
    `  open: { path: /open/mcp, upstream: '${upstream}', auth: Gateway, outbound: { kind: none } }\n`
  const statuses = async (gate: { publicUrl: string }) => {
    const paths = ['', '/tools/mcp', '/open/mcp', '/t/default/open/mcp']
    const resources = paths.map((path) => `/.well-known/oauth-protected-resource${path}`)
    const answers = [...resources, '/.well-known/oauth-authorization-server'].map((path) =>
      fetch(`${gate.publicUrl}${path}`),
    )
    return (await Promise.all(answers)).map(({ status }) => status)
  }
  assert.deepEqual(await statuses(await start(t, { more })), [200, 200, 404, 404, 200])
  const gate = await start(t, { more, settings: 'defaultServer: open' })
  assert.deepEqual(await statuses(gate), [404, 200, 404, 404, 200])
  await expectRefusal(gate, () => gate.call(), { status: 401, code: 'token_missing' })
})

test('S3-11 the declared connection is asked nothing at start, and nothing at all in Gateway mode', async (t) => {
  const before = emulator.requests.length
  await start(t)
  const gate = await start(t, { env: { MCP_AUTH_MODE: 'Gateway' } })
  await expectAllowed(gate, () => gate.call({}, tokenOf()))
  assert.equal(emulator.requests.length, before)
  assert.deepEqual((await gate.admin('/teamspaces')).body.teamspaces, [])
  const said = gate.lines().filter(({ code }) => code === 'azure_ad_ignored')
  assert.equal(said.length, 1)
})

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`each start finds the declared connection as it was left, and changes only what is declared (${engine})`, async (t) => {
    const { url: database, drop } = await fresh()
    t.after(() => drop())
    const first = await start(t, { database })
    const { connection } = await connections(first)
    const narrowed = { ...connection, requiredScope: 'Mcp.Gateway.Access', acceptedRoles: connection.acceptedRoles }
    for (const name of ['id', 'teamspaceId', 'createdAt', 'updatedAt', 'jit']) delete narrowed[name]
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(narrowed) }
    const saved = (await first.admin('/teamspaces/default/connections/entra', put)).body
    assert.equal(saved.requiredScope, 'Mcp.Gateway.Access')
    await first.closeEarly()

    clock.advance(60)
    const second = await start(t, { database })
    assert.deepEqual((await connections(second)).connection, saved)
    await second.closeEarly()

    const moved = await start(t, { database, env: { AzureAd__ClientId: ACME.apiClientId, AzureAd__Audience: '' } })
    const after = await connections(moved)
    assert.deepEqual(after.slugs, ['default'])
    const { updatedAt } = after.connection
    assert.deepEqual(after.connection, { ...saved, audience: ACME.apiClientId, updatedAt })
  })
}

test('people of a tenant that is no longer declared are not left behind silently', async (t) => {
  const { url: database, drop } = await freshFile()
  t.after(() => drop())
  const first = await start(t, { database })
  await expectAllowed(first, () => first.call({}, tokenOf()))
  await first.closeEarly()
  const moved = start(t, { database, env: { AzureAd__TenantId: GLOBEX.tenantId } })
  await assert.rejects(
    moved,
    /^StartRefused: AzureAd \(azureAd\) cannot be declared: teamspace default: 1 member of the present Entra tenant would lose access/,
  )
})

test('two replicas that start at once on an empty Postgres declare one connection between them', async (t) => {
  const { url: database, drop } = await freshDatabase()
  t.after(() => drop())
  const gates = await Promise.all(Array.from({ length: 3 }, () => start(t, { database })))
  for (const gate of gates) await expectAllowed(gate, () => gate.call({}, tokenOf()))
  assert.deepEqual((await connections(gates[0]!)).slugs, ['default'])
  const { body } = await gates[0]!.admin('/audit?limit=100')
  assert.equal(body.events.filter(({ action }: any) => action === 'teamspace.create').length, 1)
  await Promise.all(gates.map((gate) => gate.closeEarly()))
})
