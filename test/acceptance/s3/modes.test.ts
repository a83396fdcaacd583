import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigInvalid } from '../../../apps/sallyport/src/config/config-invalid.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { noNetwork, SENTINEL, startMode, WARN } from './support.ts'

const GATEWAY = { MCP_AUTH_MODE: 'Gateway' }
const WITH_SENTINEL = { ...GATEWAY, MCP_GATEWAY_SECRET: SENTINEL }

const refusesToStart = (start: Promise<unknown>, why: RegExp) =>
  assert.rejects(start, (error: Error) => error instanceof ConfigInvalid && why.test(error.message))

test('S3 1 unset is EntraJwt, and an unknown mode stops the start and names the valid ones', async (t) => {
  const gate = await startMode(t)
  await expectRefusal(gate, () => gate.call(), { status: 401, code: 'token_missing', withoutSignIn: true })
  const { body } = await gate.admin('/servers')
  const [{ health: _, trusts, ...server }] = body.servers
  assert.match(trusts[0].says, /^Microsoft Entra/)
  assert.deepEqual(
    [server],
    [
      {
        name: 'tools',
        path: '/tools/mcp',
        upstream: new URL(gate.upstream.url).origin,
        auth: ['EntraJwt'],
        outbound: 'none',
      },
    ],
  )
  for (const mode of ['Gatway', 'true', '']) {
    await refusesToStart(
      startMode(t, { env: { MCP_AUTH_MODE: mode } }),
      /must be one of EntraJwt, Oidc, Token, Kubernetes, Gateway, None/,
    )
  }
})

test('S3 1 an empty database is one warning that says how to add a connection; it stops nothing', async (t) => {
  const gate = await startMode(t)
  const warnings = gate.lines().filter(({ level }) => level === WARN)
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['no_connections'],
  )
  assert.match(warnings[0]!.msg, /sallyport connection set/)
})

test('S3 2 EntraJwt that is asked for without tenant and client names both keys, and no port opens', async (t) => {
  const started = startMode(t, { env: { MCP_AUTH_MODE: 'EntraJwt' } })
  await assert.rejects(
    started,
    /EntraJwt needs AzureAd__TenantId \(azureAd\.tenantId\) and AzureAd__ClientId \(azureAd\.clientId\)/,
  )
  await refusesToStart(startMode(t, { env: { AzureAd__ClientId: 'x' } }), /EntraJwt needs AzureAd__TenantId/)
})

test('S3 3 Gateway needs nothing of Entra, serves, and asks no identity provider anything', async (t) => {
  const fetch = noNetwork()
  const env = { ...GATEWAY, COSMOS_ENDPOINT: 'https://account.documents.azure.com:443/' }
  const gate = await startMode(t, { env, fetch })
  for (let call = 0; call < 3; call++) await expectAllowed(gate, () => gate.call())
  assert.equal(fetch.asked(), 0)
  assert.deepEqual((await gate.lastAudit()).principal, 'gateway')
})

test('S3 4 Gateway does not look at Authorization, whatever is in it, and does not send it on', async (t) => {
  const fetch = noNetwork()
  const gate = await startMode(t, { env: GATEWAY, fetch })
  const expired = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"exp":1,"iss":"https://login.microsoftonline.com/x/v2.0"}').toString('base64url')}.AAAA`
  for (const value of ['garbage', 'Bearer', `Bearer ${expired}`, 'Bearer mcpt_x', 'Basic Og==', 'Bearer a b c']) {
    await expectAllowed(gate, () => gate.call({ headers: { authorization: value } }))
    assert.equal(gate.upstream.seen.at(-1)!.headers.authorization, undefined)
  }
  const twice = [
    ['authorization', 'Bearer a'],
    ['authorization', 'Bearer b'],
  ] as const
  await expectAllowed(gate, () => sendRequest(gate.mcpUrl, { headers: twice }))
  assert.equal(fetch.asked(), 0)
})

test('S3 5 Gateway without a sentinel is exactly one warning where others can reach it, and none elsewhere', async (t) => {
  for (const [host, env, expected] of [
    ['0.0.0.0', GATEWAY, ['gateway_without_sentinel']],
    ['[::]', { ...GATEWAY, CONTAINER_APP_HOSTNAME: 'x' }, ['gateway_without_sentinel']],
    ['127.0.0.1', GATEWAY, []],
    ['0.0.0.0', WITH_SENTINEL, []],
  ] as const) {
    const gate = await startMode(t, { host, env })
    const warnings = gate.lines().filter(({ level }) => level >= WARN)
    assert.deepEqual(
      warnings.map(({ code }) => code),
      expected,
      host,
    )
    const headers = env === WITH_SENTINEL ? { 'x-gateway-secret': SENTINEL } : {}
    await expectAllowed(gate, () => gate.call({ headers }))
  }
})

test('S3 6 a sentinel is asked for with each call, opens by either of two secrets, and goes no further', async (t) => {
  const previous = `${SENTINEL}-previous`
  const gate = await startMode(t, { env: { ...WITH_SENTINEL, MCP_GATEWAY_SECRET_PREVIOUS: previous } })
  const refused = { status: 401, code: 'sentinel_invalid', withoutSignIn: true }
  const send = (...values: string[]) =>
    sendRequest(gate.mcpUrl, { headers: values.map((value) => ['X-Gateway-Secret', value] as const) })
  for (const values of [[], ['wrong'], [''], [SENTINEL.slice(1)], [SENTINEL, SENTINEL], [SENTINEL, 'wrong']]) {
    await expectRefusal(gate, () => send(...values), refused)
  }
  for (const method of ['GET', 'DELETE']) await expectRefusal(gate, () => gate.call({ method }), refused)
  for (const secret of [SENTINEL, previous]) {
    await expectAllowed(gate, () => send(secret))
    assert.ok(!JSON.stringify(gate.upstream.seen.at(-1)).includes('canary'))
  }
  assert.equal((await fetch(`${gate.publicUrl}/healthz`)).status, 200)
  await gate.sallyport.flushAudit()
  const { body } = await gate.admin('/audit?limit=100')
  assert.ok(!JSON.stringify(body).includes('canary'))
  assert.deepEqual(
    new Set(body.events.flatMap(({ detail }: any) => detail?.detail ?? [])),
    new Set(['missing', 'wrong', 'repeated']),
  )
})

test('S3 6 a reload brings new secrets into force, and the old ones out of it', async (t) => {
  const gate = await startMode(t, { env: WITH_SENTINEL })
  const next = `${SENTINEL}-next`
  const rotated = { sentinel: { header: 'x-gateway-secret', secrets: [next] }, callerHeaders: [] }
  await gate.sallyport.reload({ ...gate.config, gateway: rotated })
  await expectAllowed(gate, () => gate.call({ headers: { 'x-gateway-secret': next } }))
  await expectRefusal(gate, () => gate.call({ headers: { 'x-gateway-secret': SENTINEL } }), {
    status: 401,
    code: 'sentinel_invalid',
    withoutSignIn: true,
  })
})

test('S3 6 a custom header carries the sentinel, and the usual one is then a header like any other', async (t) => {
  const settings = 'gateway: { sentinel: { header: X-Edge-Secret } }'
  const gate = await startMode(t, { env: WITH_SENTINEL, settings })
  await expectRefusal(gate, () => gate.call({ headers: { 'x-gateway-secret': SENTINEL } }), {
    status: 401,
    code: 'sentinel_invalid',
    withoutSignIn: true,
  })
  await expectAllowed(gate, () => gate.call({ headers: { 'x-edge-secret': SENTINEL } }))
})

test('S3 9 DEV_BYPASS_AUTH alone is None with a warning, and stops the start beside another mode', async (t) => {
  const gate = await startMode(t, { env: { DEV_BYPASS_AUTH: 'true' } })
  await expectAllowed(gate, () => gate.call())
  const codes = gate.lines().flatMap(({ level, code }) => (level === WARN ? [code] : []))
  assert.deepEqual(codes, ['dev_bypass_auth_deprecated', 'auth_mode_none'])
  const env = { DEV_BYPASS_AUTH: 'true', MCP_AUTH_MODE: 'EntraJwt' }
  await refusesToStart(
    startMode(t, { env }),
    /DEV_BYPASS_AUTH .* would switch off the authentication that MCP_AUTH_MODE/,
  )
})

test('S3 10 None where others can reach it refuses to start until it is told twice; admin stays closed', async (t) => {
  const [host, settings] = ['0.0.0.0', 'allowInsecurePublicBind: true']
  const none = { MCP_AUTH_MODE: 'None' }
  const second = { SALLYPORT_ALLOW_INSECURE_PUBLIC_BIND: 'true' }
  await refusesToStart(startMode(t, { host, env: none }), /could all call tools/)
  await refusesToStart(startMode(t, { host, env: none, settings }), /could all call tools/)
  await refusesToStart(startMode(t, { host, env: { ...none, ...second } }), /could all call tools/)
  const gate = await startMode(t, { host, settings, env: { ...none, ...second } })
  await expectAllowed(gate, () => gate.call())
  assert.equal((await gate.lastAudit()).principal, 'anonymous')
  for (const path of ['/teamspaces', '/servers', '/audit']) {
    for (const authorization of [undefined, 'Bearer wrong']) {
      const headers = authorization === undefined ? {} : { authorization }
      assert.equal((await fetch(`${gate.sallyport.adminUrl}/api/v1${path}`, { headers })).status, 401)
    }
  }
})

test('S3 10 a file that is read again cannot open a public listener, whatever address it names', async (t) => {
  const gate = await startMode(t, { host: '0.0.0.0', env: WITH_SENTINEL })
  const next = await startMode(t, { env: { MCP_AUTH_MODE: 'None' } })
  await assert.rejects(
    gate.sallyport.reload(next.config),
    /auth None is not taken while Sallyport listens on 0\.0\.0\.0/,
  )
  await expectRefusal(gate, () => gate.call(), { status: 401, code: 'sentinel_invalid', withoutSignIn: true })
})

test('S3 10 in None, too, Host and Origin are held against their lists', async (t) => {
  const gate = await startMode(t, { env: { MCP_AUTH_MODE: 'None' } })
  const origin = { headers: { origin: 'https://evil.example' } }
  await expectRefusal(gate, () => gate.call(origin), { status: 403, code: 'origin_not_allowed' })
  const host = { headers: [['host', 'evil.example']], without: ['host'] } as const
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, host), { status: 403, code: 'host_not_allowed' })
})

test('S3 13 the environment beats the file and each server of it, and says so in one line', async (t) => {
  const gate = await startMode(t, { env: GATEWAY, settings: 'auth: EntraJwt' })
  await expectAllowed(gate, () => gate.call())
  const said = gate.lines().filter(({ code }) => code === 'auth_mode_from_environment')
  assert.deepEqual(
    said.map(({ msg }) => msg),
    ['MCP_AUTH_MODE=Gateway overrides what the file says of: tools'],
  )
  const conflict = { MCP_AUTH_MODE: 'Gateway', Authentication__Mode: 'EntraJwt' }
  await refusesToStart(startMode(t, { env: conflict }), /Authentication__Mode .* contradicts MCP_AUTH_MODE/)
})

test('S3 14 where nobody brings a token there is nothing of OAuth, and challenges lead nowhere', async (t) => {
  for (const env of [GATEWAY, WITH_SENTINEL, { MCP_AUTH_MODE: 'None' }]) {
    const gate = await startMode(t, { env })
    await gate.admin('/teamspaces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"slug":"acme"}',
    })
    for (const path of [
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/tools/mcp',
      '/.well-known/oauth-protected-resource/t/acme/tools/mcp',
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-authorization-server/t/acme',
      '/.well-known/oauth-authorization-server/tools/mcp',
      '/.well-known/openid-configuration',
      '/authorize?client_id=x',
      '/t/acme/authorize?client_id=x',
    ]) {
      assert.equal((await fetch(`${gate.publicUrl}${path}`)).status, 404, path)
    }
    for (const path of ['/token', '/register']) {
      assert.equal((await fetch(`${gate.publicUrl}${path}`, { method: 'POST', body: 'a=b' })).status, 404, path)
    }
  }
})

test('S3-53 the health check does not tell the mode; one line at start and the admin API do', async (t) => {
  const answers: unknown[] = []
  for (const mode of ['Token', 'Gateway', 'None']) {
    const gate = await startMode(t, { env: { MCP_AUTH_MODE: mode } })
    const { status, headers, text } = await fetch(`${gate.publicUrl}/healthz`).then(async (response) => ({
      status: response.status,
      headers: [...response.headers.keys()],
      text: await response.text(),
    }))
    answers.push({ status, headers, text })
    const expected = [mode]
    const serving = gate.lines().filter(({ msg }) => msg === 'Serving')
    assert.deepEqual(
      serving.map(({ servers }) => servers),
      [[{ name: 'tools', auth: expected, outbound: 'none' }]],
    )
    assert.deepEqual((await gate.admin('/servers')).body.servers[0].auth, expected)
  }
  answers.forEach((answer) => assert.deepEqual(answer, answers[0]))
})
