import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { startSallyport } from '../../apps/sallyport/src/serve/start.ts'
import { createOidcVerifier, isDenied } from '../../packages/verifier/src/index.ts'
import { NO_CREDENTIAL, testClock } from '../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { freshFile } from '../support/each-store.ts'
import { sendRequest } from '../support/raw-http.ts'
import { expectAllowed, expectFault, expectRefusal } from '../support/refusals.ts'

const AUDIENCE = 'https://findings.internal/mcp'

const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    forwardHeaders: [x-request-source]
    outbound: { kind: signed-identity, audience: ${AUDIENCE} }
  bare:
    path: /bare/mcp
    upstream: ${upstream}?key=hidden
    outbound: { kind: signed-identity, header: X-Sallyport-Identity }
`

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const bareUrl = () => `${gate.publicUrl}/bare/mcp`
const keysUrl = () => `${gate.publicUrl}/.well-known/jwks.json`
const lastSeen = () => gate.upstream.seen.at(-1)!
const shownIdentity = () => lastSeen().headers.authorization!.replace(/^Bearer /, '')

const verifierFor = (audience: string) =>
  createOidcVerifier({
    connections: [{ teamspaceId: '*', issuer: gate.publicUrl, audience, requiredScope: null, keysUrl: keysUrl() }],
  })

test('B-10 the server behind proves with our verifier and the published keys who calls', async () => {
  await expectAllowed(gate, () => gate.call(ada))
  const outcome = await verifierFor(AUDIENCE).verify(shownIdentity())
  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
  const { members } = await gate.admin.must('GET', '/teamspaces/acme/members')
  const member = members.find(({ email }: { email: string }) => email === ACME.ada.email)
  assert.equal(outcome.subject, member.id)
  assert.deepEqual(outcome.scopes, ['Mcp.Gateway.Access'])
  assert.equal(outcome.clientId, ACME.gatewayClientId)
  const { id: teamspaceId } = await gate.sallyport.store.db
    .selectFrom('teamspace')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow()
  const { iss, aud, sub, iat, nbf, exp, jti, scope, client_id: clientId, ...said } = outcome.claims
  assert.deepEqual(said, {
    kind: 'member',
    teamspace_id: teamspaceId,
    teamspace: 'acme',
    member_id: member.id,
    email: ACME.ada.email,
    role: 'developer',
  })
})

test('B-10 jose and nothing else does as well, and the audit row names the exchange', async () => {
  await expectAllowed(gate, () => gate.call(ada, { url: `${gate.publicUrl}/t/acme/context7/mcp` }))
  const { payload } = await jwtVerify(shownIdentity(), createRemoteJWKSet(new URL(keysUrl())), {
    issuer: gate.publicUrl,
    audience: AUDIENCE,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })
  assert.equal(payload['teamspace'], 'acme')
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].exchange, 'signed-identity')
})

test('B-10 people of two teamspaces are told apart', async () => {
  const gus = await gate.tokenFor(GLOBEX.gus.email, GLOBEX)
  const shown = []
  for (const token of [ada, gus]) {
    await expectAllowed(gate, () => gate.call(token))
    shown.push(decodeJwt(shownIdentity()))
  }
  assert.deepEqual(
    shown.map(({ teamspace }) => teamspace),
    ['acme', 'globex'],
  )
  assert.notEqual(shown[0]!['teamspace_id'], shown[1]!['teamspace_id'])
  assert.notEqual(shown[0]!.sub, shown[1]!.sub)
})

test('B-10 any other header carries it bare, for the address of the server itself, whose query stays hidden', async () => {
  await expectAllowed(gate, () => gate.call(ada, { url: bareUrl() }))
  const { headers } = lastSeen()
  assert.equal(headers.authorization, undefined)
  const outcome = await verifierFor(gate.upstream.url).verify(headers['x-sallyport-identity'] as string)
  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
})

test("B-10 one server's JWT is refused by another, and by the gate itself", async () => {
  await expectAllowed(gate, () => gate.call(ada))
  const jwt = shownIdentity()
  const outcome = await verifierFor(gate.upstream.url).verify(jwt)
  assert.ok(isDenied(outcome))
  assert.equal(outcome.denied.code, 'audience_unknown')
  await expectRefusal(gate, () => gate.call(jwt), { status: 401 })
})

test("X-45 the caller's own token never passes", async () => {
  const before = gate.upstream.seen.length
  await gate.call(ada)
  await gate.call(ada, { url: bareUrl(), headers: { 'x-sallyport-identity': ada, 'x-request-source': 'test' } })
  const sent = JSON.stringify(gate.upstream.seen.slice(before))
  assert.equal(gate.upstream.seen.length, before + 2)
  assert.ok(!sent.includes(ada) && !sent.includes(ada.split('.')[2]!))
})

test('X-52 a forged identity of the caller does not reach the server, in any spelling', async () => {
  for (const url of [gate.mcpUrl, bareUrl()]) {
    for (const name of [
      'x-sallyport-identity',
      'X-SALLYPORT-IDENTITY',
      'x_sallyport_identity',
      'X-Sallyport_Identity',
    ]) {
      await expectAllowed(gate, () => gate.call(ada, { url, headers: { [name]: 'forged' } }))
      const { rawHeaders } = lastSeen()
      const carrying = rawHeaders.filter((text, index) => index % 2 === 0 && /sallyport/i.test(text))
      assert.deepEqual(carrying, url === gate.mcpUrl ? [] : ['x-sallyport-identity'], name)
      assert.ok(!rawHeaders.includes('forged'), name)
    }
  }
})

test('X-52 a caller cannot have the identity left out by naming it in Connection', async () => {
  for (const [url, header] of [
    [gate.mcpUrl, 'authorization'],
    [bareUrl(), 'x-sallyport-identity'],
  ] as const) {
    const headers = [
      ['authorization', `Bearer ${ada}`],
      ['connection', `close, ${header}`],
      ['accept', 'application/json, text/event-stream'],
    ] as const
    await expectAllowed(gate, () => sendRequest(url, { headers, without: ['connection'] }))
    assert.equal(typeof lastSeen().headers[header], 'string')
  }
})

test('B-38 the keys are public, may be kept for minutes, and have no private part', async () => {
  const answer = await fetch(keysUrl(), { headers: { origin: 'https://elsewhere.example' } })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type')!, /^application\/json/)
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=300')
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  const { keys } = (await answer.json()) as { keys: Record<string, string>[] }
  assert.equal(keys.length, 1)
  assert.deepEqual(Object.keys(keys[0]!).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})

test('B-38 the server verifies through a rotation without a pause', async () => {
  const clock = testClock()
  const DAY = 86_400
  const old = await startGate({ servers: SERVERS, now: clock.now })
  const kidOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()).kid as string
  try {
    const kids = new Set<string>()
    const verifier = createOidcVerifier({
      connections: [
        {
          teamspaceId: '*',
          issuer: old.publicUrl,
          audience: AUDIENCE,
          requiredScope: null,
          keysUrl: `${old.publicUrl}/.well-known/jwks.json`,
        },
      ],
      now: clock.now,
    })
    for (let day = 0; day <= 100; day += 4) {
      const token = await old.tokenFor(ACME.ada.email)
      await expectAllowed(old, () => old.call(token))
      const jwt = old.upstream.seen.at(-1)!.headers.authorization!.slice('Bearer '.length)
      const outcome = await verifier.verify(jwt)
      assert.ok(!isDenied(outcome), `day ${day}: ${JSON.stringify(outcome)}`)
      kids.add(kidOf(jwt))
      clock.advance(4 * DAY)
    }
    assert.equal(kids.size, 2)
  } finally {
    await old.close()
  }
})

test('B-38 the key survives a restart', async () => {
  const { url: database, drop } = await freshFile()
  const first = await startGate({ servers: SERVERS, database })
  const keysOf = async () => (await fetch(`${first.publicUrl}/.well-known/jwks.json`)).json()
  try {
    const before = await keysOf()
    await first.close()
    const again = await startSallyport(first.config, { log: () => {} })
    try {
      assert.deepEqual(await keysOf(), before)
    } finally {
      await again.close()
    }
  } finally {
    await drop()
  }
})

test('no keys are made or published until a configuration signs with them', async () => {
  const other = await startGate({ servers: NO_CREDENTIAL })
  try {
    assert.equal((await fetch(`${other.publicUrl}/.well-known/jwks.json`)).status, 404)
    assert.equal((await other.sallyport.store.db.selectFrom('signing_key').selectAll().execute()).length, 0)

    const outbound = { kind: 'signed-identity', audience: AUDIENCE, header: 'authorization' } as const
    await other.sallyport.reload({
      ...other.config,
      servers: other.config.servers.map((one) => ({ ...one, outbound })),
    })
    const { keys } = (await (await fetch(`${other.publicUrl}/.well-known/jwks.json`)).json()) as { keys: unknown[] }
    assert.equal(keys.length, 1)
  } finally {
    await other.close()
  }
})

test('X-45 without a key there is a fault: no call goes on, with or without a credential', async () => {
  const broken = await startGate({ servers: SERVERS })
  try {
    const token = await broken.tokenFor(ACME.ada.email)
    await broken.sallyport.store.db.schema.dropTable('signing_key').execute()
    await expectFault(broken, () => broken.call(token), 'store_unavailable')
    const answer = await fetch(`${broken.publicUrl}/.well-known/jwks.json`)
    assert.equal(answer.status, 503)
    assert.ok(!(await answer.text()).includes('signing_key'))
  } finally {
    await broken.close()
  }
})
