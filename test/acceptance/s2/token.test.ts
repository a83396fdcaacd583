import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { OBO_GRANT, send } from './support.ts'
import type { RawAnswer } from './support.ts'

const REDIRECT_URI = 'http://localhost:40123/callback'
const SCOPE = `api://${ACME.gatewayClientId}/Mcp.Gateway.Access`
const FORM = 'application/x-www-form-urlencoded'

describe('the facade at /token', () => {
  let gate: TestGate
  let verifier: string
  before(async () => void (gate = await startGate()))
  after(() => gate.close())
  afterEach(() => {
    gate.emulator.setFault(undefined)
    assert.equal(gate.upstream.seen.length, 0)
  })

  /** Signs in through the facade: the code comes from Entra's redirect, as a client gets it. */
  async function freshCode(): Promise<string> {
    verifier = randomBytes(32).toString('base64url')
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: ACME.gatewayClientId,
      redirect_uri: REDIRECT_URI,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      resource: gate.mcpUrl,
      login_hint: ACME.ada.email,
      prompt: 'none',
    })
    const facade = await send(gate.publicUrl, `/authorize?${query}`)
    const back = await fetch(facade.headers.location!, { redirect: 'manual' })
    return new URL(back.headers.get('location')!).searchParams.get('code')!
  }
  const codeForm = async (): Promise<Record<string, string>> => ({
    grant_type: 'authorization_code',
    client_id: ACME.gatewayClientId,
    code: await freshCode(),
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
    resource: gate.mcpUrl,
  })
  const post = (form: Record<string, string> | string, headers: Record<string, string> = {}, path = '/token') =>
    send(gate.publicUrl, path, {
      method: 'POST',
      headers: { 'content-type': FORM, ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    })
  const tokenRequests = () => gate.emulator.requests.filter(({ path }) => path.endsWith('/token'))
  const assertNotStored = ({ headers }: RawAnswer) => {
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.pragma, 'no-cache')
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.match(headers['content-type']!, /^application\/json/)
  }
  /** Refused here: Entra is not contacted. */
  const assertRefused = async (form: Record<string, string> | string, error: string, status = 400) => {
    const before = tokenRequests().length
    const answer = await post(form)
    assert.deepEqual([answer.status, JSON.parse(answer.body).error], [status, error], JSON.stringify(form))
    assert.equal(tokenRequests().length, before)
    assertNotStored(answer)
  }

  it('S2 5: redeems a code: exactly the known fields reach the tenant, resource stripped', async () => {
    const form = await codeForm()
    const answer = await post({ ...form, unknown: 'x', username: 'x', password: 'x' })
    assert.equal(answer.status, 200, answer.body)
    assertNotStored(answer)
    const { access_token, refresh_token, token_type } = JSON.parse(answer.body)
    assert.equal(token_type, 'Bearer')
    assert.ok(refresh_token, 'the facade asks for offline_access when the client names no scope')
    const sent = tokenRequests().at(-1)!
    const { resource: _stripped, ...known } = form
    assert.deepEqual(sent.form, known)
    assert.equal(sent.path, `/${ACME.tenantId}/oauth2/v2.0/token`)
    assert.equal((await gate.call(access_token)).status, 200, 'and the token opens the gate')
    gate.upstream.seen.length = 0
  })

  it('S2 5: refreshes: resource stripped, the scope that Entra needs supplied or qualified (S2C-31)', async () => {
    const { refresh_token } = JSON.parse((await post(await codeForm())).body)
    const form = { grant_type: 'refresh_token', client_id: ACME.gatewayClientId, refresh_token, resource: gate.mcpUrl }
    for (const [scope, expected] of [
      [undefined, `${SCOPE} offline_access`],
      ['Mcp.Gateway.Access', SCOPE],
      [`${SCOPE} offline_access`, `${SCOPE} offline_access`],
    ] as const) {
      const answer = await post({ ...form, ...(scope !== undefined && { scope }) })
      assert.equal(answer.status, 200, answer.body)
      assertNotStored(answer)
      const { resource: _stripped, ...known } = form
      assert.deepEqual(tokenRequests().at(-1)!.form, { ...known, scope: expected })
    }
    await assertRefused({ ...form, scope: 'https://graph.microsoft.com/User.Read' }, 'invalid_scope')
  })

  it('S2 5: forwards neither Origin nor Cookie nor Authorization nor any other header (S2C-32)', async () => {
    const answer = await post(await codeForm(), {
      origin: 'https://inspector.example',
      cookie: 'session=canary',
      authorization: 'Basic Y2FuYXJ5OmNhbmFyeQ==',
      'x-forwarded-for': '203.0.113.9',
      'x-canary': 'canary',
      'user-agent': 'canary',
      'accept-language': 'x-canary',
    })
    assert.equal(answer.status, 200, 'Entra answers AADSTS9002326 to an Origin here')
    assert.equal(answer.headers['access-control-allow-origin'], '*')
    const { headers } = tokenRequests().at(-1)!
    for (const name of ['origin', 'cookie', 'authorization', 'x-forwarded-for', 'x-canary', 'referer']) {
      assert.equal(headers[name], undefined, name)
    }
    assert.ok(!JSON.stringify(headers).includes('canary'))
    assert.equal(headers.host, new URL(gate.emulator.url).host)
  })

  it("S2 5: passes Entra's refusals on, status and body unchanged (S2C-34)", async () => {
    const spent = await codeForm()
    await post(spent)
    const claims = '{"access_token":{"polids":{"essential":true,"values":["p"]}}}'
    const cases: [Record<string, string>, number, Parameters<typeof gate.emulator.setFault>[0]?][] = [
      [spent, 400],
      [{ ...(await codeForm()), code_verifier: 'w'.repeat(43) }, 400],
      [{ ...(await codeForm()), client_secret: ACME.gatewaySecret }, 401],
      [await codeForm(), 400, { path: 'token', kind: 'status', aadsts: 50079, claims }],
      [await codeForm(), 401, { path: 'token', kind: 'status', aadsts: 7000218 }],
      [await codeForm(), 400, { path: 'token', kind: 'status', aadsts: 65004 }],
    ]
    for (const [form, status, fault] of cases) {
      gate.emulator.setFault(fault)
      const answer = await post(form)
      gate.emulator.setFault(undefined)
      assert.equal(answer.status, status, answer.body)
      assertNotStored(answer)
      const body = JSON.parse(answer.body)
      for (const member of ['error', 'error_description', 'error_codes', 'timestamp', 'trace_id', 'correlation_id']) {
        assert.ok(body[member], member)
      }
      if (fault?.claims !== undefined) assert.equal(body.claims, claims)
    }
  })

  it('S2 5: hands the very bytes of the answer to the client', async () => {
    const bytes = '{ "error":"invalid_grant",\n "error_codes" : [70008], "suberror":"bad_token", "caf\u00e9":"\u20ac" }'
    const entra = createServer((_request, response) => response.writeHead(400).end(bytes))
    await new Promise<void>((resolve) => entra.listen(0, '127.0.0.1', resolve))
    const authority = `http://127.0.0.1:${(entra.address() as AddressInfo).port}`
    const other = await startGate({ clouds: { other: { authority } } })
    try {
      const path = '/teamspaces/acme/connections/entra?confirmOrphans=true'
      await other.admin.must('PUT', path, other.admin.connectionBody(ACME, { cloud: 'other' }))
      const answer = await send(other.publicUrl, '/token', {
        method: 'POST',
        headers: { 'content-type': FORM },
        body: `grant_type=refresh_token&client_id=${ACME.gatewayClientId}&refresh_token=r`,
      })
      assert.deepEqual([answer.status, answer.body], [400, bytes])
    } finally {
      await other.close()
      entra.close()
    }
  })

  it('S2 5: answers temporarily_unavailable, and nothing of the failure, when Entra cannot answer', async () => {
    const faults = [
      { kind: 'drop' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 503, retryAfterSeconds: 17 },
    ] as const
    for (const fault of faults) {
      gate.emulator.setFault({ path: 'token', ...fault })
      const answer = await post({ ...(await codeForm()), code: 'canary-code' })
      assert.equal(answer.status, 503)
      assert.equal(JSON.parse(answer.body).error, 'temporarily_unavailable')
      assert.ok(!/canary|ECONN|127\.0\.0\.1|fault/.test(answer.body), answer.body)
      assert.equal(answer.headers['retry-after'], 'retryAfterSeconds' in fault ? '17' : undefined)
      assertNotStored(answer)
    }
  })

  it('S2 5: refuses every other grant: the facade is no relay into the tenant (S2C-31)', async () => {
    const grants = [
      'client_credentials',
      'password',
      OBO_GRANT,
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'AUTHORIZATION_CODE',
      'constructor',
      '__proto__',
      '',
    ]
    for (const grant_type of grants) {
      const proof = { client_id: ACME.gatewayClientId, client_secret: ACME.gatewaySecret, assertion: 'x', scope: SCOPE }
      await assertRefused({ grant_type, ...proof }, 'unsupported_grant_type')
    }
    await assertRefused({ client_id: ACME.gatewayClientId }, 'invalid_request')
  })

  it('S2 5: refuses what is missing, foreign or repeated before Entra hears of it', async () => {
    const form = await codeForm()
    const { code_verifier: _none, ...withoutVerifier } = form
    await assertRefused(withoutVerifier, 'invalid_request')
    await assertRefused({ ...form, code_verifier: '' }, 'invalid_request')
    await assertRefused({ ...form, resource: 'https://attacker.example/mcp' }, 'invalid_target')
    await assertRefused(`${new URLSearchParams(form)}&resource=https%3A%2F%2Fattacker.example`, 'invalid_target')
    await assertRefused({ ...form, resource: `${gate.publicUrl}/t/globex/context7/mcp` }, 'invalid_target')
    await assertRefused({ ...form, redirect_uri: 'https://attacker.example/' }, 'invalid_grant')
    await assertRefused({ ...form, client_id: GLOBEX.gatewayClientId }, 'invalid_client', 401)
    await assertRefused({ ...form, client_id: '' }, 'invalid_client', 401)
    for (const name of ['code', 'client_id', 'grant_type', 'redirect_uri', 'code_verifier', 'scope']) {
      await assertRefused(`${new URLSearchParams({ ...form, scope: 'openid' })}&${name}=x`, 'invalid_request')
    }
    const answer = await post(form)
    assert.equal(answer.status, 200, 'the refusals have not spent the code')
  })

  it('S2 5: takes forms only, of at most 64 KiB', async () => {
    const body = new URLSearchParams(await codeForm()).toString()
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const answer = await post(body, { 'content-type': type })
      assert.equal(answer.status, 415, type)
      assert.equal(JSON.parse(answer.body).error, 'invalid_request')
    }
    const before = tokenRequests().length
    const huge = await post(`${body}&padding=${'x'.repeat(64 * 1024)}`)
    assert.deepEqual([huge.status, JSON.parse(huge.body).error], [413, 'invalid_request'])
    const chunked = await post(`${body}&padding=${'x'.repeat(64 * 1024)}`, { 'transfer-encoding': 'chunked' })
    assert.equal(chunked.status, 413)
    assert.equal(tokenRequests().length, before)
    assert.equal((await post(body, { 'content-type': `${FORM}; charset=UTF-8` })).status, 200)
  })

  it('S2 5: adds the gateway client’s proof for a Web redirect URI, only where configured (S2C-33, D-05)', async () => {
    const form = await codeForm()
    const app = gate.emulator.seed.tenants[0]!.apps.find(({ appId }) => appId === ACME.gatewayClientId)!
    const { publicClient } = app.redirectUris
    const web = 'https://vscode.dev/redirect'
    const asWeb = { publicClient: publicClient.filter((uri) => uri !== web), web: [web], spa: [] }
    const connection = (clientAuth: string) =>
      gate.admin.must(
        'PUT',
        '/teamspaces/acme/connections/entra',
        gate.admin.connectionBody(ACME, { facade: { clientAuth } }),
      )
    const codeFor = async (redirect_uri: string) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: ACME.gatewayClientId,
        redirect_uri,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        login_hint: ACME.ada.email,
        prompt: 'none',
      })
      const { headers } = await send(gate.publicUrl, `/authorize?${query}`)
      const back = await fetch(headers.location!, { redirect: 'manual' })
      return { ...form, redirect_uri, code: new URL(back.headers.get('location')!).searchParams.get('code')! }
    }
    app.redirectUris = asWeb
    try {
      const refused = await post(await codeFor(web))
      assert.deepEqual(JSON.parse(refused.body).error_codes, [7000218])
      await connection('inject')
      const answer = await post({ ...(await codeFor(web)), client_secret: 'of the client’s own' })
      assert.equal(answer.status, 200, answer.body)
      assert.equal(tokenRequests().at(-1)!.form!.client_secret, ACME.gatewaySecret)
      assert.ok(!answer.body.includes(ACME.gatewaySecret))
    } finally {
      app.redirectUris = { publicClient, web: [], spa: [] }
      await connection('none')
    }
  })
})
