import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRaw, sendRequest, writeRequest } from '../../support/raw-http.ts'
import { expectAllowed, expectFault } from '../../support/refusals.ts'

const OPERATOR_SECRET = 'Bearer operator-secret-canary'
const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    outbound: { kind: entra-obo }
  nothing:
    path: /nothing/mcp
    upstream: ${upstream}
    outbound: { kind: none }
  fixed:
    path: /fixed/mcp
    upstream: ${upstream}
    outbound: { kind: static, value: ${OPERATOR_SECRET} }
    forwardHeaders: [x-request-source]
`

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())
beforeEach(() => gate.upstream.answerWith())

const bearer = () => ['authorization', `Bearer ${ada}`] as const
const at = (path: string) => gate.publicUrl + path

const IDENTITY_HEADERS = [
  'X-MS-CLIENT-PRINCIPAL',
  'X-MS-CLIENT-PRINCIPAL-ID',
  'X-MS-CLIENT-PRINCIPAL-NAME',
  'X-MS-CLIENT-PRINCIPAL-IDP',
  'X-MS-TOKEN-AAD-ACCESS-TOKEN',
  'X-MS-TOKEN-AAD-ID-TOKEN',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Access-Token',
  'X-Auth-Request-User',
  'X-Remote-User',
  'Remote-User',
  'X-User-Id',
  'X-Tenant-Id',
  'X-Sallyport-Principal',
  'Sallyport-Teamspace',
  'X-Goog-Authenticated-User-Email',
  'X-Amzn-Oidc-Identity',
  'Cf-Access-Jwt-Assertion',
  'X-Api-Key',
  'Cookie',
  'Cookie2',
  'Proxy-Authorization',
  'Proxy-Connection',
  'Proxy-Authenticate',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'X-Real-Ip',
  'Via',
  'TE',
  'Trailer',
  'Keep-Alive',
  'Origin-Agent-Cluster',
  'X-Http-Method-Override',
]
for (const server of ['context7', 'nothing', 'fixed']) {
  test(`X-52 X-53 no header that speaks of an identity, a cookie or a proxy reaches ${server}`, async () => {
    const headers = [bearer(), ...IDENTITY_HEADERS.map((name) => [name, 'header-canary'] as const)]
    await expectAllowed(gate, () => sendRequest(at(`/${server}/mcp`), { headers }))
    const seen = gate.upstream.seen.at(-1)!
    assert.ok(!seen.rawHeaders.includes('header-canary'), seen.rawHeaders.join('\n'))
    assert.ok(!seen.rawHeaders.join('\n').includes(ada))
  })
}

test('X-45 what a server is shown in place of the token is what its configuration says, once', async () => {
  for (const [server, expected] of [
    ['nothing', undefined],
    ['fixed', OPERATOR_SECRET],
  ] as const) {
    await expectAllowed(gate, () => sendRequest(at(`/${server}/mcp`), { headers: [bearer()] }))
    const { headers, rawHeaders } = gate.upstream.seen.at(-1)!
    assert.equal(headers.authorization, expected)
    const count = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization').length
    assert.equal(count, expected === undefined ? 0 : 1)
  }
})

test('X-52 headers that the operator lists reach that server, and no other', async () => {
  const headers = [bearer(), ['X-Request-Source', 'ci']] as const
  await expectAllowed(gate, () => sendRequest(at('/fixed/mcp'), { headers }))
  assert.equal(gate.upstream.seen.at(-1)!.headers['x-request-source'], 'ci')
  await expectAllowed(gate, () => sendRequest(at('/nothing/mcp'), { headers }))
  assert.equal(gate.upstream.seen.at(-1)!.headers['x-request-source'], undefined)
})

test('X-52 a header that Connection names is for this hop alone (RFC 9110 §7.6.1)', async () => {
  const headers = [
    bearer(),
    ['Connection', 'close, Traceparent, x-request-source'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['x-request-source', 'ci'],
  ] as const
  await expectAllowed(gate, () => sendRequest(at('/fixed/mcp'), { headers, without: ['connection'] }))
  const seen = gate.upstream.seen.at(-1)!.headers
  assert.deepEqual([seen['traceparent'], seen['x-request-source']], [undefined, undefined])
  assert.equal(seen.authorization, OPERATOR_SECRET)
})

test('X-52 Connection cannot take away what the gate itself sends', async () => {
  const named = 'close, authorization, content-type, host, content-length, mcp-session-id'
  await expectAllowed(gate, () =>
    sendRequest(at('/fixed/mcp'), { headers: [bearer(), ['Connection', named]], without: ['connection'] }),
  )
  const { headers, body } = gate.upstream.seen.at(-1)!
  assert.equal(headers.authorization, OPERATOR_SECRET)
  assert.equal(headers['content-length'], String(body.length))
})

test("X-52 what comes back is the server's answer, not its cookies, challenges or hop-by-hop headers", async () => {
  const hidden = {
    'set-cookie': 'a=header-canary',
    'www-authenticate': 'Bearer resource_metadata="https://evil.example/header-canary"',
    'proxy-authenticate': 'Basic realm="header-canary"',
    server: 'header-canary',
    'x-powered-by': 'header-canary',
    'alt-svc': 'h3="header-canary:443"',
    'strict-transport-security': 'max-age=1; header-canary',
    'clear-site-data': '"header-canary"',
    location: 'https://evil.example/header-canary',
    refresh: '0; url=https://evil.example/header-canary',
  }
  for (const status of [200, 302, 403, 404, 500]) {
    gate.upstream.answerWith((_seen, response) => void response.writeHead(status, hidden).end('{}'))
    const answer = await sendRequest(gate.mcpUrl, { headers: [bearer()] })
    assert.equal(answer.status, status)
    assert.ok(!JSON.stringify([...answer.headers]).includes('header-canary'), JSON.stringify([...answer.headers]))
  }
})

test("X-21 X-45 the server's 401 becomes a 502 of ours, and its challenge stays there", async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="https://evil.example/"' }).end('no')
  })
  for (const server of ['nothing', 'fixed', 'context7']) {
    const answer = await gate.call(ada, { url: at(`/${server}/mcp`) })
    assert.equal(answer.status, 502)
    assert.equal(answer.headers.get('www-authenticate'), null)
    const { code } = (await answer.json()) as { code: string }
    assert.equal(code, 'upstream_refused_credential')
  }
})

test('X-50 neither log nor audit trail nor any answer holds a token, a secret, a cookie or a header', async () => {
  const ben = await gate.tokenFor(ACME.ben.email)
  const broken = ada.slice(0, -8) + 'AAAAAAAA'
  const canaries = ['cookie-canary', 'basic-canary', 'assertion-canary', 'refresh-canary', 'code-canary']
  const headers = {
    cookie: 'session=cookie-canary',
    'x-ms-token-aad-access-token': 'assertion-canary',
    'proxy-authorization': 'Basic basic-canary',
  }
  const url = `${gate.mcpUrl}?code=code-canary&refresh_token=refresh-canary&client_secret=${ACME.gatewaySecret}`
  const answers: string[] = []
  const collect = async (answer: Response) =>
    void answers.push(JSON.stringify([...answer.headers]) + (await answer.text()))

  for (const token of [undefined, ada, broken, 'opaque-token-canary'])
    await collect(await gate.call(token, { headers, url }))
  gate.emulator.setFault({ path: 'token', kind: 'status', aadsts: 7000222, status: 401 })
  await collect(await gate.call(ben, { headers, url }))
  gate.emulator.setFault(undefined)
  gate.upstream.answerWith((_seen, response) => void response.destroy())
  await collect(await gate.call(ada, { headers, url }))
  await sendRaw(gate.mcpUrl, writeRequest(gate.mcpUrl, { headers: [bearer()], body: '{"broken":"cookie-canary' }))

  await gate.sallyport.flushAudit()
  const audit = JSON.stringify((await gate.admin.must('GET', '/audit?limit=1000')).events)
  const written = { log: gate.logged.join(''), audit, answers: answers.join('\n') }
  const oboToken = gate.upstream.seen.find(({ headers: { authorization } }) => authorization?.startsWith('Bearer ey'))
  const secrets = [
    ada,
    ben,
    broken,
    ada.split('.')[2]!,
    'opaque-token-canary',
    ACME.gatewaySecret,
    OPERATOR_SECRET,
    gate.sallyport.operatorToken,
    oboToken!.headers.authorization!,
    ...canaries,
  ]
  for (const [where, text] of Object.entries(written)) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${where} holds ${secret.slice(0, 40)}`)
  }
  assert.ok(!/"authorization"|"headers"|"cookie"/i.test(written.log), 'no header is logged')
})

test('X-51 a row of the trail says who, where, what and why, and no more', async () => {
  await expectAllowed(gate, () => gate.call(ada))
  await gate.sallyport.flushAudit()
  const [event] = (await gate.admin.must('GET', '/audit?limit=1')).events
  assert.deepEqual(Object.keys(event).sort(), [
    'address',
    'at',
    'clientId',
    'decision',
    'durationMs',
    'email',
    'exchange',
    'id',
    'issuer',
    'kind',
    'memberId',
    'principal',
    'requestId',
    'rpcMethod',
    'rule',
    'server',
    'status',
    'subject',
    'teamspaceId',
    'tokenId',
    'upstreamStatus',
  ])
})

test('a server that cannot be reached is a 502 without a challenge', async () => {
  gate.upstream.answerWith((_seen, response) => void response.destroy())
  const answer = await gate.call(ada)
  assert.equal(answer.status, 502)
  assert.equal(answer.headers.get('www-authenticate'), null)
})

test('an identity provider that cannot be reached is a 503, and the server hears nothing', async () => {
  const fresh = await gate.tokenFor(ACME.ben.email)
  gate.emulator.setFault({ path: 'token', kind: 'drop' })
  await expectFault(gate, () => gate.call(fresh), 'exchange_unavailable')
  gate.emulator.setFault(undefined)
})
