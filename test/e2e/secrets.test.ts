import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createCertificate } from 'entra-emulator'
import { freshFile } from '../support/each-store.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRequest } from '../support/raw-http.ts'

const REDIRECT_URI = 'http://localhost:40321/callback'
const SECRET = 'canary+secret&of=the%gateway client~'
const canary = (what: string) => `canary-${what}-${randomBytes(12).toString('hex')}`

/** Spellings in which a secret would still be one. */
function spellingsOf(secret: string): string[] {
  const parts = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(secret) ? secret.split('.').slice(1) : [secret]
  return parts.flatMap((part) => [
    part,
    encodeURIComponent(part),
    new URLSearchParams({ part }).toString().slice('part='.length),
    JSON.stringify(part).slice(1, -1),
    Buffer.from(part).toString('base64').replace(/=+$/, ''),
    Buffer.from(part).toString('base64url'),
    Buffer.from(part).toString('hex'),
  ])
}

describe('X-50: after a whole run, no secret stands anywhere', () => {
  const secrets = new Map<string, string>()
  /** Everything that the gate said, other than the tokens that a client came for. */
  const said: string[] = []
  /** Addresses that the gate called. */
  const called: string[] = []
  let echo: ((body: string) => Response) | undefined
  let database: Awaited<ReturnType<typeof freshFile>>
  let gate: TestGate
  let closed = false

  const secret = (name: string, value: string): string => {
    assert.ok(value.length >= 12, name)
    secrets.set(name, value)
    return value
  }
  const fetcher: typeof fetch = async (input, init) => {
    called.push(String(input))
    return echo && init?.method === 'POST' ? echo(String(init.body)) : fetch(input, init)
  }
  /** Takes note of an answer: its head always, its body unless it is what was asked for. */
  const note = async (response: Response): Promise<{ status: number; body: string; headers: Headers }> => {
    const body = await response.text()
    const { status, headers } = response
    said.push(JSON.stringify([...headers].filter(([name]) => name !== 'mcp-session-id')))
    if (status >= 300) said.push(body)
    return { status, body, headers }
  }
  const call = async (...init: Parameters<TestGate['call']>) => note(await gate.call(...init))
  const post = async (path: string, form: Record<string, string>) =>
    note(await fetch(gate.publicUrl + path, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' }))
  const admin = async (method: string, path: string, body?: unknown) => {
    const answer = await gate.admin.send(method, path, body)
    said.push(JSON.stringify(answer.body ?? null))
    return answer
  }
  const connect = (credential?: object) =>
    admin(
      'PUT',
      '/teamspaces/acme/connections/entra',
      gate.admin.connectionBody(ACME, {
        onBehalfOf: {
          clientId: ACME.gatewayClientId,
          scope: `api://${ACME.apiClientId}/.default`,
          ...(credential && { credential }),
        },
      }),
    )

  before(async () => {
    database = await freshFile()
    gate = await startGate({ database: database.url, fetch: fetcher })
    secret('the operator token', gate.sallyport.operatorToken)
    secret("Acme's secret of the set-up", ACME.gatewaySecret)
    secret("Globex's secret", GLOBEX.gatewaySecret)
  })
  after(async () => {
    if (!closed) await gate.close()
    await database.drop()
  })

  it('while people sign in, refresh and call', async () => {
    const verifier = secret('the code verifier', randomBytes(32).toString('base64url'))
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: ACME.gatewayClientId,
      redirect_uri: REDIRECT_URI,
      scope: `openid profile offline_access api://${ACME.gatewayClientId}/Mcp.Gateway.Access`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      login_hint: ACME.ada.email,
      prompt: 'none',
      client_secret: secret('a secret in the query', canary('query-secret')),
      access_token: secret('a token in the query', canary('query-token')),
    })
    const onward = await note(await fetch(`${gate.publicUrl}/authorize?${query}`, { redirect: 'manual' }))
    const back = await fetch(onward.headers.get('location')!, { redirect: 'manual' })
    const code = secret('the code', new URL(back.headers.get('location')!).searchParams.get('code')!)
    const client = { client_id: ACME.gatewayClientId }
    const redeem = { ...client, grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI }
    const tokens = JSON.parse((await post('/token', { ...redeem, code_verifier: verifier })).body)
    for (const name of ['access_token', 'refresh_token', 'id_token']) secret(`the ${name}`, tokens[name])
    const { refresh_token } = tokens
    const renewed = JSON.parse((await post('/token', { ...client, grant_type: 'refresh_token', refresh_token })).body)
    secret('the renewed access token', renewed.access_token)
    secret('the renewed refresh token', renewed.refresh_token)

    const upstreamSession = secret("the server's session id", canary('session'))
    gate.upstream.answerWith((_seen, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': upstreamSession }).end('{}'),
    )
    const first = await call(tokens.access_token)
    assert.equal(first.status, 200)
    const session = secret("the client's session id", first.headers.get('mcp-session-id')!)
    assert.equal((await call(renewed.access_token, { headers: { 'mcp-session-id': session } })).status, 200)
    const ben = secret("Ben's access token", await gate.tokenFor(ACME.ben.email))
    assert.equal((await call(ben, { headers: { 'mcp-session-id': session } })).status, 404)
    assert.equal((await call(ben)).status, 200)
    gate.upstream.answerWith()
    noteExchanged()
  })

  /** The tokens that the server was shown are secrets as well. */
  function noteExchanged(): void {
    for (const [index, { headers, url }] of gate.upstream.seen.splice(0).entries()) {
      secret(`exchanged token ${secrets.size}.${index}`, (headers.authorization ?? '').slice('Bearer '.length))
      said.push(url)
    }
  }

  it('while the facade refuses', async () => {
    const proof = {
      client_id: ACME.gatewayClientId,
      redirect_uri: REDIRECT_URI,
      code: secret('a refused code', canary('code')),
      code_verifier: secret('a refused verifier', canary('verifier')),
      client_secret: secret("a client's secret", canary('client-secret')),
      client_assertion: secret("a client's assertion", canary('client-assertion')),
      refresh_token: secret('a refused refresh token', canary('refresh')),
      assertion: secret('an assertion', canary('assertion')),
      password: secret('a password', canary('password')),
    }
    const forms: Record<string, string>[] = [
      { ...proof, grant_type: 'authorization_code' },
      { ...proof, grant_type: 'refresh_token' },
      { ...proof, grant_type: 'password' },
      { ...proof, grant_type: proof.assertion },
      { ...proof, grant_type: 'authorization_code', resource: `https://${proof.code}.example/` },
      { ...proof, grant_type: 'authorization_code', client_id: proof.client_secret },
      { ...proof, grant_type: 'authorization_code', redirect_uri: `http://localhost/${proof.code}` },
      { ...proof, grant_type: 'refresh_token', scope: `https://graph/${proof.refresh_token}` },
    ]
    const faults = [undefined, { kind: 'drop' }, { kind: 'status', status: 503 }] as const
    for (const form of forms) {
      for (const fault of faults) {
        gate.emulator.setFault(fault && { path: 'token', ...fault })
        assert.ok((await post('/token', form)).status >= 400)
      }
    }
    gate.emulator.setFault(undefined)
    for (const name of ['redirect_uri', 'client_id', 'state', 'resource', 'scope', 'code_challenge']) {
      const query = new URLSearchParams({ [name]: proof.code, client_secret: proof.client_secret })
      await note(await fetch(`${gate.publicUrl}/authorize?${query}`, { redirect: 'manual' }))
      await note(await fetch(`${gate.publicUrl}/t/acme/authorize?${query}`, { redirect: 'manual' }))
    }
  })

  it('while the outer door refuses', async () => {
    const valid = secret("Ada's access token", await gate.tokenFor(ACME.ada.email))
    const claims = JSON.parse(Buffer.from(valid.split('.')[1]!, 'base64url').toString())
    const forged = async (name: string, changes: object, header = {}) =>
      secret(name, await gate.emulator.signToken(ACME.tenantId, { ...claims, ...changes }, header))
    const refused = [
      secret('no token at all', canary('bearer')),
      secret('an opaque token', `mcpt_${randomBytes(32).toString('base64url')}`),
      secret('a token with a broken signature', `${valid.slice(0, -24)}${randomBytes(18).toString('base64url')}`),
      await forged('an expired token', { exp: 1 }),
      await forged('a token for another audience', { aud: 'dddddddd-0000-4000-8000-000000000000' }),
      await forged('a token of another issuer', { iss: 'https://issuer.example/' }),
      await forged('a token without a scope', { scp: 'other' }),
      await forged('a token without an oid', { oid: undefined }),
      await forged('a token for Graph', {}, { nonce: 'x' }),
      secret("a token of nobody's", await gate.tokenFor(ACME.dev.email)),
    ]
    for (const accessToken of refused) assert.ok([401, 403].includes((await call(accessToken)).status))
    const other = { url: `${gate.publicUrl}/t/globex/context7/mcp` }
    assert.equal((await call(valid, other)).status, 401)
    const query = { url: `${gate.mcpUrl}?access_token=${valid}` }
    assert.equal((await call(undefined, query)).status, 401)
    const bodies = ['{', '[]', `{"method":"${canary('x')}","method":"y"}`, 'x'.repeat(5 * 1024 * 1024)]
    for (const body of bodies) assert.ok((await call(valid, { body })).status >= 400)
    await call(valid, { headers: { 'content-type': 'text/plain' } })
    await call(valid, { headers: { 'mcp-session-id': secret('a made-up session id', canary('made-up')) } })
    await call(valid, { headers: { 'mcp-method': secret('a header that disagrees', canary('header')) } })
    await call(valid, { headers: { cookie: `session=${secret('a cookie', canary('cookie'))}` } })
    for (const headers of [
      [['authorization', `Basic ${secret('basic credentials', canary('basic'))}`]],
      [
        ['authorization', `Bearer ${valid}`],
        ['authorization', `Bearer ${refused[0]}`],
      ],
      [
        ['host', 'attacker.example'],
        ['authorization', `Bearer ${valid}`],
      ],
      [
        ['origin', 'https://attacker.example'],
        ['authorization', `Bearer ${valid}`],
      ],
    ] as [string, string][][]) {
      const without = headers.some(([name]) => name === 'host') ? ['host'] : []
      const { status, body, headers: answered } = await sendRequest(gate.mcpUrl, { headers, without })
      assert.ok(status >= 400)
      said.push(body, JSON.stringify([...answered]))
    }
    noteExchanged()
  })

  it('while the exchange fails in every way, with answers that echo what was sent', async () => {
    const fresh = async (name: string) => {
      const accessToken = await gate.tokenFor(ACME.ada.email)
      return secret(`the assertion of ${name}`, accessToken)
    }
    for (const aadsts of [50013, 65001, 50105, 53003, 50076, 7000215, 90055, 900144]) {
      const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } })
      const accessToken = await fresh(`AADSTS${aadsts}`)
      gate.emulator.setFault({ path: 'token', kind: 'status', aadsts, claims })
      assert.ok((await call(accessToken)).status >= 400)
      gate.emulator.setFault(undefined)
    }
    const json = { 'content-type': 'application/json' }
    const echoes: ((body: string) => Response)[] = [
      (body) => Response.json({ error: 'invalid_grant', error_description: body }, { status: 400 }),
      (body) => Response.json({ error: body, error_description: body, correlation_id: body }, { status: 400 }),
      (body) => Response.json({ error: 'interaction_required', suberror: body, trace_id: body }, { status: 400 }),
      (body) => Response.json({ error: 'server_error', error_description: body }, { status: 500 }),
      (body) => new Response(body, { status: 200, headers: json }),
      (body) => new Response(body, { status: 400, headers: json }),
      (body) => new Response(null, { status: 302, headers: { location: `${gate.emulator.url}/?${body}` } }),
      (body) => new Response('{}', { status: 400, headers: { ...json, 'www-authenticate': `Bearer error="${body}"` } }),
      (body) => Response.json({ token_type: body, access_token: body }),
      (body) => {
        throw new TypeError('fetch failed', { cause: new Error(`while sending ${body}`) })
      },
    ]
    for (const [index, answer] of echoes.entries()) {
      const accessToken = await fresh(`echo ${index}`)
      echo = answer
      assert.ok((await call(accessToken)).status >= 400, `echo ${index}`)
      echo = undefined
    }
    assert.equal(gate.upstream.seen.length, 0)
  })

  it('while the server fails, with answers that echo what it was shown', async () => {
    const accessToken = secret('the token of failing calls', await gate.tokenFor(ACME.ada.email))
    const statuses = [401, 403, 500]
    for (const status of statuses) {
      gate.upstream.answerWith(({ headers }, response) =>
        response
          .writeHead(status, {
            'www-authenticate': `Bearer error="${headers.authorization}"`,
            'x-echo': headers.authorization,
          })
          .end('{}'),
      )
      assert.ok((await call(accessToken)).status >= 400)
    }
    gate.upstream.answerWith((_seen, response) => void response.destroy())
    assert.equal((await call(accessToken)).status, 502)
    gate.upstream.answerWith()
    noteExchanged()
  })

  it('while admins change things, also with mistakes', async () => {
    const { privateKeyPem, certificatePem } = await createCertificate('gateway.example')
    for (const [index, line] of privateKeyPem.split('\n').slice(1, -2).entries())
      secret(`line ${index} of the key`, line)
    secret('the client secret', SECRET)
    await connect({ kind: 'secret', secret: SECRET })
    await connect()
    await connect({ kind: 'certificate', privateKeyPem, certificatePem })
    await connect({ kind: 'certificate', privateKeyPem, certificatePem: SECRET })
    await connect({ kind: 'secret', secret: `${SECRET}\n` })
    await connect({ kind: SECRET, secret: SECRET })
    await connect({ kind: 'secret', secret: SECRET, [SECRET.replaceAll(/\W/g, '')]: 1 })
    await connect({ kind: 'federated', tokenFile: '/nowhere/token' })
    const accessToken = secret('the token of misconfigured calls', await gate.tokenFor(ACME.ada.email))
    assert.equal((await call(accessToken)).status, 502)
    await admin('GET', '/teamspaces/acme/connections/entra')
    await admin('POST', '/teamspaces/acme/connections/entra/test')
    await admin('POST', '/teamspaces/acme/members', { email: ACME.dev.email, objectId: ACME.dev.oid })
    await admin('DELETE', `/teamspaces/acme/members?email=${ACME.dev.email}`)
    await connect({ kind: 'secret', secret: SECRET })
    await admin('DELETE', '/teamspaces/acme/connections/entra')
    const wrong = secret('a wrong operator token', canary('operator'))
    for (const path of ['/api/v1/teamspaces', `/api/v1/${wrong}`]) {
      const headers = { authorization: `Bearer ${wrong}` }
      await note(await fetch(gate.adminUrl + path, { headers }))
    }
    await note(
      await fetch(`${gate.adminUrl}/api/v1/teamspaces/acme/connections/entra`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${gate.sallyport.operatorToken}`, 'content-type': 'application/json' },
        body: `{"secret":"${SECRET}",`,
      }),
    )
  })

  /** `present` is no secret and stands there: a scan that finds nothing has to be able to find something. */
  function assertClean(place: string, text: string, present: string): void {
    assert.ok(text.includes(present), `${place} is not what was to be scanned`)
    for (const [name, value] of secrets) {
      for (const spelling of spellingsOf(value)) assert.ok(!text.includes(spelling), `${name} stands in ${place}`)
    }
  }

  it('not in the log', () => assertClean('the log', gate.logged.join(''), 'A call failed'))

  it('not in the audit trail', async () => {
    await gate.sallyport.flushAudit()
    const { events } = await gate.admin.must('GET', '/audit?limit=1000')
    assert.ok(events.length > 60)
    assertClean('the audit trail', JSON.stringify(events), 'connection.set')
  })

  it('not in an error, a header or an address that the gate produced', () => {
    assertClean('an answer', said.join('\n'), 'temporarily_unavailable')
    assertClean('an address', called.join('\n'), '/oauth2/v2.0/token')
  })

  it('not in the files of the database, its write-ahead log included, open or closed', async () => {
    const folder = dirname(database.path)
    const files = async () => {
      const names = (await readdir(folder)).filter((name) => !name.includes('instance') && !name.endsWith('.json'))
      const bytes = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))
      return { names, text: bytes.join('\n') }
    }
    const open = await files()
    assert.ok(
      open.names.some((name) => name.endsWith('-wal')),
      open.names.join(),
    )
    assertClean('the open database', open.text, ACME.ada.email)
    await gate.close()
    closed = true
    assertClean('the closed database', (await files()).text, ACME.ada.email)
  })
})
