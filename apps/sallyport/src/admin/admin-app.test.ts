import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { OpenStore } from '../../../../test/support/each-store.ts'
import {
  ACME_TENANT,
  ANNA,
  API_APP,
  CANARY_SECRET,
  CLOUDS,
  GATEWAY_APP,
  GLOBEX_TENANT,
  entraInput,
  onBehalfOf,
} from '../teamspaces/acme.fixture.ts'
import { createAdminApp } from './admin-app.ts'
import type { AdminDeps } from './admin-deps.ts'

const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789'

/** The admin API over real HTTP. `send` answers status, body and all the text that came back. */
async function serve(t: TestContext, open: OpenStore, deps: Partial<AdminDeps> = {}) {
  const store = await open()
  const logged: string[] = []
  const app = createAdminApp({
    servers: [],
    store,
    clouds: CLOUDS,
    operatorToken: OPERATOR_TOKEN,
    fetch: () => Promise.reject(new Error('offline')),
    now: Date.now,
    log: (message) => logged.push(message),
    ...deps,
  })
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const authorization = `Bearer ${OPERATOR_TOKEN}`
  async function raw(method: string, path: string, init: RequestInit = {}) {
    const response = await fetch(`${base}${path}`, { method, headers: { authorization }, ...init })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, text, body: type.includes('json') ? JSON.parse(text) : text, response }
  }
  const send = (method: string, path: string, body?: unknown) =>
    raw(method, `/api/v1${path}`, {
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return { store, logged, raw, send }
}

const connectionInput = () => entraInput({ onBehalfOf: onBehalfOf() })

forEachStore('the admin API wants the operator token, whole and exact', async (t, open) => {
  const { raw } = await serve(t, open)
  const bad = ['', 'Bearer', `Bearer ${OPERATOR_TOKEN}x`, `Basic ${OPERATOR_TOKEN}`, `Bearer ${OPERATOR_TOKEN}, x`]
  for (const authorization of bad) {
    for (const path of ['/api/v1/teamspaces', '/api/v1/audit', '/api/v1/nothing']) {
      const { status, response } = await raw('GET', path, { headers: { authorization } })
      assert.equal(status, 401, `${authorization} ${path}`)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="admin"')
    }
  }
  assert.equal((await raw('GET', '/healthz', { headers: {} })).status, 200)
  assert.equal((await raw('GET', '/api/v1/teamspaces')).status, 200)
})

forEachStore('a teamspace, its connection and its people come and go over HTTP', async (t, open) => {
  const { send } = await serve(t, open)
  assert.equal((await send('POST', '/teamspaces', { slug: 'acme', name: 'Acme' })).status, 201)
  assert.equal((await send('GET', '/teamspaces/acme')).body.name, 'Acme')
  assert.equal((await send('GET', '/teamspaces/acme/connections/entra')).status, 404)
  assert.equal((await send('PUT', '/teamspaces/acme/connections/entra', connectionInput())).status, 200)

  const person = { email: 'Anna@acme.example', objectId: ANNA.toUpperCase() }
  const added = await send('POST', '/teamspaces/acme/members', person)
  assert.equal(added.status, 201)
  assert.equal((await send('POST', '/teamspaces/acme/members', person)).status, 200)
  const list = await send('GET', '/teamspaces/acme/members?limit=1')
  assert.deepEqual(list.body, { members: [added.body.member], next: 'anna@acme.example' })
  assert.equal((await send('DELETE', '/teamspaces/acme/members?email=ANNA@acme.example')).status, 200)
  assert.equal((await send('DELETE', `/teamspaces/acme/members/${added.body.member.id}`)).status, 404)

  await send('POST', '/teamspaces/acme/members', person)
  assert.deepEqual((await send('DELETE', '/teamspaces/acme/connections/entra')).body, { removedMembers: 1 })
  assert.equal((await send('DELETE', '/teamspaces/acme')).status, 200)
  assert.deepEqual((await send('GET', '/teamspaces')).body, { teamspaces: [] })
  const { events } = (await send('GET', '/audit?limit=2')).body
  assert.deepEqual(
    events.map(({ action, actor }: { action: string; actor: string }) => [action, actor]),
    [
      ['teamspace.remove', 'operator'],
      ['connection.remove', 'operator'],
    ],
  )
  assert.equal((await send('GET', '/audit?teamspace=acme')).status, 404)
})

forEachStore('connections are reached by kind, and listed together', async (t, open) => {
  const { send } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  const all = '/teamspaces/acme/connections'
  assert.deepEqual((await send('GET', all)).body, { connections: [] })
  const oidc = { kind: 'oidc', issuer: 'https://id.acme.example', audience: 'https://mcp.example/mcp' }
  assert.equal((await send('PUT', `${all}/entra`, oidc)).status, 400)
  for (const [kind, input] of Object.entries({ entra: connectionInput(), oidc })) {
    const { status, body } = await send('PUT', `${all}/${kind}`, input)
    assert.equal(status, 200)
    assert.deepEqual((await send('GET', `${all}/${kind}`)).body, body)
  }
  const { connections } = (await send('GET', all)).body
  assert.deepEqual(
    connections.map(({ kind }: { kind: string }) => kind),
    ['entra', 'oidc'],
  )
  assert.equal((await send('DELETE', `${all}/kubernetes`)).status, 404)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.equal((await send(method, `${all}/constructor`)).body.detail, 'There is nothing here')
  }
  assert.equal((await send('GET', '/teamspaces/nobody/connections')).status, 404)
})

forEachStore('secrets go in and never come back out', async (t, open) => {
  const { send, logged } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  const answers = [
    await send('PUT', '/teamspaces/acme/connections/entra', connectionInput()),
    await send('GET', '/teamspaces/acme/connections/entra'),
    await send('POST', '/teamspaces/acme/connections/entra/test'),
    await send('DELETE', '/teamspaces/acme/connections/entra'),
    await send('GET', '/audit'),
    await send('PUT', '/teamspaces/acme/connections/entra', { ...connectionInput(), cloud: 'mars' }),
    await send('PUT', '/teamspaces/acme/connections/entra', { ...connectionInput(), tenantId: 'x' }),
  ]
  for (const { text } of [...answers, { text: logged.join() }]) assert.ok(!text.includes(CANARY_SECRET), text)
})

forEachStore('S2 13 two teamspaces that save one audience at once: one wins, the other is told', async (t, open) => {
  const { send } = await serve(t, open)
  for (const slug of ['acme', 'globex']) await send('POST', '/teamspaces', { slug })
  const answers = await Promise.all(
    ['acme', 'globex'].map((slug) => send('PUT', `/teamspaces/${slug}/connections/entra`, connectionInput())),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const loser = answers.find(({ status }) => status === 409)
  assert.equal(loser?.body.detail, 'This audience is already configured for another teamspace')
  assert.ok(!/acme|globex/.test(loser?.text ?? ''))
})

forEachStore('S2 14 testing a connection saves nothing', async (t, open) => {
  const { send } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  const test = '/teamspaces/acme/connections/entra/test'
  assert.equal((await send('POST', test)).status, 404)
  assert.equal((await send('POST', test, { tenantId: ACME_TENANT })).body.outcome, 'unreachable')
  assert.equal((await send('POST', test, { tenantId: '../evil' })).status, 400)
  assert.equal((await send('POST', test, { tenantId: ACME_TENANT, cloud: 'mars' })).status, 400)
  assert.equal((await send('GET', '/teamspaces/acme/connections/entra')).status, 404)
})

forEachStore('S2D-11 another Entra tenant needs a confirmation', async (t, open) => {
  const { send } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  await send('PUT', '/teamspaces/acme/connections/entra', entraInput())
  await send('POST', '/teamspaces/acme/members', { email: 'a@acme.example', objectId: ANNA })
  const moved = entraInput({ tenantId: GLOBEX_TENANT })
  const refused = await send('PUT', '/teamspaces/acme/connections/entra', moved)
  assert.deepEqual([refused.status, refused.body.errors[0].path], [409, 'tenantId'])
  assert.equal((await send('PUT', '/teamspaces/acme/connections/entra?confirmOrphans=true', moved)).status, 200)
})

forEachStore('bad input is one problem document that names each field', async (t, open) => {
  const { send, raw } = await serve(t, open)
  const { status, type, body } = await send('POST', '/teamspaces', { slug: 'A', nmae: 'x', name: 1 })
  assert.equal(status, 400)
  assert.equal(type, 'application/problem+json')
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path).sort(), ['name', 'nmae', 'slug'])

  const json = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' }
  const post = (init: RequestInit) => raw('POST', '/api/v1/teamspaces', { headers: json, ...init })
  assert.equal((await post({ body: '{' })).status, 400)
  assert.equal((await post({ body: '{}', headers: { ...json, 'content-type': 'text/plain' } })).status, 415)
  assert.equal((await post({ body: JSON.stringify({ slug: 'x'.repeat(65_536) }) })).status, 413)
  const streamed = new Blob([JSON.stringify({ slug: 'x'.repeat(65_536) })]).stream()
  assert.equal((await post({ body: streamed, duplex: 'half' })).status, 413)

  for (const path of ['/teamspaces/NO', '/teamspaces/a%00b', '/teamspaces/a%2fb/members', '/nothing']) {
    const answer = await send('GET', path)
    assert.deepEqual([answer.status, answer.type], [404, 'application/problem+json'], path)
  }
  for (const path of ['/audit?limit=0', '/audit?limit=1&limit=2', '/audit?x=1', '/audit?before=1']) {
    assert.equal((await send('GET', path)).status, 400, path)
  }
})

forEachStore('S1-11 an embedded verifier learns whose audience it is, without a credential', async (t, open) => {
  const { send, raw } = await serve(t, open)
  const created = await send('POST', '/teamspaces', { slug: 'acme' })
  await send('PUT', '/teamspaces/acme/connections/entra', connectionInput())
  const ask = (path: string) => raw('GET', `/v2/entra/config/${path}`, { headers: {} })
  const shared = { teamspaceId: created.body.id, tenantId: ACME_TENANT, cloud: 'global', acceptedRoles: [] }

  const gate = { ...shared, use: 'gate', requiredScope: 'Mcp.Gateway.Access', allowedClients: [] }
  assert.deepEqual((await ask(GATEWAY_APP)).body, gate)
  assert.deepEqual((await ask(GATEWAY_APP.toUpperCase())).body, gate)
  const server = { ...shared, use: 'server', requiredScope: 'mcp.access', allowedClients: [GATEWAY_APP] }
  assert.deepEqual((await ask(`${API_APP}?tid=${ACME_TENANT}`)).body, server)
  assert.equal((await ask(`${API_APP}?tid=${GLOBEX_TENANT}`)).status, 404)
  assert.equal((await ask(`${API_APP}?tid=x`)).status, 400)
})

forEachStore('S1-08 unknown is 404, missing is 400, a failing database is 500', async (t, open) => {
  const { store, send, raw, logged } = await serve(t, open)
  const ask = async (path: string) => (await raw('GET', `/v2/entra/config${path}`, { headers: {} })).status
  assert.equal(await ask(`/${API_APP}`), 404)
  assert.equal(await ask('/api%3A%2F%2Fnobody'), 404)
  for (const path of ['/mcp', '/%E0%A4%A', '/https%3A%2F%2Fa.example', `/${'x'.repeat(5_000)}`]) {
    assert.equal(await ask(path), 404, path)
  }
  for (const path of ['', '/']) assert.equal(await ask(path), 400, path)
  await store.close()
  assert.equal(await ask(`/${GATEWAY_APP}`), 500)
  const { status, text } = await send('GET', '/teamspaces')
  assert.equal(status, 503)
  assert.ok(!/closed|destroyed|sql/i.test(text))
  assert.equal(logged.length, 2)
})

forEachStore('S1-19 a removed connection is unknown to the next question', async (t, open) => {
  const { send, raw } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  await send('PUT', '/teamspaces/acme/connections/entra', entraInput())
  const ask = async () => (await raw('GET', `/v2/entra/config/${GATEWAY_APP}`)).status
  assert.equal(await ask(), 200)
  await send('DELETE', '/teamspaces/acme/connections/entra')
  assert.equal(await ask(), 404)
})

const anOidc = { kind: 'oidc', issuer: 'https://id.acme.example', audience: 'https://mcp.example/mcp' }

forEachStore(
  'D-12 an OIDC connection that names no audience gets the address of the default server',
  async (t, open) => {
    const { send } = await serve(t, open, { resource: 'https://gate.example/mcp' })
    await send('POST', '/teamspaces', { slug: 'acme' })
    const { body } = await send('PUT', '/teamspaces/acme/connections/oidc', { ...anOidc, audience: undefined })
    assert.equal(body.audience, 'https://gate.example/mcp')
  },
)

forEachStore('an issuer that may not do what it seems to is saved with a warning', async (t, open) => {
  const { send } = await serve(t, open, { publicUrl: 'https://gate.example' })
  await send('POST', '/teamspaces', { slug: 'acme' })
  const warningsOf = async (issuer: string) =>
    (await send('PUT', '/teamspaces/acme/connections/oidc', { ...anOidc, issuer })).body.warnings
  assert.match((await warningsOf(`https://login.microsoftonline.com/${ACME_TENANT}/v2.0`))[0], /Microsoft Entra/)
  for (const issuer of ['https://gate.example', 'https://gate.example/t/acme']) {
    assert.match((await warningsOf(issuer))[0], /Sallyport itself/)
  }
  for (const issuer of ['https://id.acme.example', 'https://gate.example.org']) {
    assert.equal(await warningsOf(issuer), undefined)
  }
})

forEachStore('a connection test reaches no address that is not public, unless that is allowed', async (t, open) => {
  const { send } = await serve(t, open)
  await send('POST', '/teamspaces', { slug: 'acme' })
  const test = '/teamspaces/acme/connections/oidc/test'
  assert.equal((await send('POST', test)).status, 404)
  assert.equal((await send('POST', test, { issuer: 'https://id.example?x' })).status, 400)
  for (const issuer of ['http://127.0.0.1:9000', 'https://10.0.0.1', 'https://169.254.169.254/latest']) {
    const { body } = await send('POST', test, { issuer })
    assert.equal(body.outcome, 'unreachable')
    assert.match(body.says, /ADDRESS_NOT_PUBLIC/)
  }
})
