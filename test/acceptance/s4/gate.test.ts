import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { callSlowly } from '../../support/call-slowly.ts'
import { freePort } from '../../support/free-port.ts'
import { ACME, callMcp } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { challengeOf, expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'
import { watchStatements } from '../../support/engines.ts'
import { auditRowOf } from '../s2/support.ts'
import { startTokenGate, visible } from './support.ts'

const UNKNOWN = `mcpt_${'A'.repeat(43)}`

test('S4 4: the next request with a revoked token is refused, in the very words of an unknown one', async (t) => {
  const { gate, ask, mint, ada } = await startTokenGate(t)
  const { id, token } = await mint(ada)
  await expectAllowed(gate, () => gate.call(token))
  assert.equal((await ask('DELETE', `/${id}`, ada)).status, 204)
  await expectRefusal(gate, () => gate.call(token), { status: 401, code: 'token_invalid' })
  assert.deepEqual(await visible(await gate.call(token)), await visible(await gate.call(UNKNOWN)))
  assert.equal((await ask('DELETE', `/${id}`, ada)).status, 204, 'again')
  const row = await auditRowOf(gate, await gate.call(token))
  assert.match(row.detail.detail, /is revoked$/)
})

test('S4 4: a token that is revoked at one replica is refused at the other within a second (Postgres)', async (t) => {
  const database = await freshDatabase()
  t.after(() => database.drop())
  const { gate, ask, mint, ada } = await startTokenGate(t, { database: database.url })
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const listen = { public: { host: '127.0.0.1', port: publicPort }, admin: { host: '127.0.0.1', port: adminPort } }
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const silent = createLog({ write: () => {} })
  const replica = await startSallyport({ ...gate.config, listen, publicUrl }, { log: silent })
  try {
    const { id, token } = await mint(ada)
    const call = () => callMcp(`${publicUrl}/context7/mcp`, token, {})
    await expectAllowed(gate, call)
    assert.equal((await ask('DELETE', `/${id}`, ada)).status, 204)
    const revokedAt = performance.now()
    while ((await call()).status === 200 && performance.now() - revokedAt < 3000) await sleep(5)
    assert.ok(performance.now() - revokedAt < 1000, 'the replica still admits after a second')
    await expectRefusal(gate, call, { status: 401, code: 'token_invalid' })
  } finally {
    await replica.close()
  }
})

test('S4-25 a call that was let in ends well though its token is revoked; one that is still arriving is refused', async (t) => {
  const { gate, ask, mint, ada } = await startTokenGate(t)
  const [running, arriving] = [await mint(ada), await mint(ada)]
  const { promise: reached, resolve: isReached } = Promise.withResolvers<void>()
  const { promise: revoked, resolve: isRevoked } = Promise.withResolvers<void>()
  gate.upstream.answerWith((_seen, response) => {
    isReached()
    void revoked.then(() => response.setHeader('content-type', 'application/json').end('{}'))
  })
  const answer = gate.call(running.token)
  await reached
  await ask('DELETE', `/${running.id}`, ada)
  await expectRefusal(gate, () => gate.call(running.token), { status: 401, code: 'token_invalid' })
  isRevoked()
  assert.equal((await answer).status, 200)

  const revoke = () => ask('DELETE', `/${arriving.id}`, ada)
  await expectRefusal(gate, () => callSlowly(gate, arriving.token, revoke), { status: 401, code: 'token_invalid' })
})

test('S4 6: MCP without a bearer token is 401; the health check needs none', async (t) => {
  const { gate } = await startTokenGate(t)
  await expectRefusal(gate, () => gate.call(undefined), { status: 401, code: 'token_missing' })
  assert.equal((await fetch(`${gate.publicUrl}/healthz`)).status, 200)
})

test('S4 14: a database that cannot answer is a 503, neither 401 nor 200, and nothing of it is remembered', async (t) => {
  const { gate, ask, mint, ada } = await startTokenGate(t)
  const { token } = await mint(ada)
  const rename = (from: string, to: string) =>
    sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(gate.sallyport.store.db)
  await rename('mcp_token', 'mcp_token_away')
  for (const credential of [token, UNKNOWN]) {
    await expectFault(gate, () => gate.call(credential), 'connections_unavailable')
  }
  await rename('mcp_token_away', 'mcp_token')
  await expectAllowed(gate, () => gate.call(token))

  await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME)) // empties the caches
  await rename('connection', 'connection_away')
  const { status, headers } = await ask('GET', '', ada)
  assert.deepEqual([status, headers.get('www-authenticate')], [503, null])
  assert.match(headers.get('retry-after') ?? '', /^\d+$/)
  await rename('connection_away', 'connection')
  assert.equal((await ask('GET', '', ada)).status, 200)
})

test('S4 15: a bearer token that is neither of ours nor a JWT is 401, and the database is not asked', async (t) => {
  const { gate } = await startTokenGate(t)
  const strangers = ['abc', 'sk-1234567890', 'ghp_x', 'mcpt_', 'mcpt_short', `MCPT_${'A'.repeat(43)}`, `${UNKNOWN}A`]
  strangers.push(`mcpt_${'A'.repeat(42)}=`, `mcpt_${'A'.repeat(42)}.`, `mcpt_${'A'.repeat(42)}/`)
  await gate.call('warm.up.please') // the challenge looks up the sign-in of the place once
  const watch = watchStatements()
  for (const stranger of strangers) {
    await expectRefusal(gate, () => gate.call(stranger), { status: 401 })
  }
  watch.stop()
  assert.deepEqual(
    watch.texts.filter((text) => text.includes('mcp_token')),
    [],
  )
})

test('a server with auth: [EntraJwt, Token] takes both, and the audit says who it was', async (t) => {
  const { gate, mint, ada, ben } = await startTokenGate(t)
  const [shared, held] = [await mint(ada, { name: 'shared', role: 'admin' }), await mint(ben, { name: 'held' })]
  const rowOf = async (credential: string) => {
    const answer = await gate.call(credential)
    assert.equal(answer.status, 200)
    const { principal, tokenId, memberId, email } = await auditRowOf(gate, answer)
    return { principal, tokenId, memberId, email }
  }
  assert.equal((await rowOf(ada)).principal, 'member')
  assert.deepEqual(await rowOf(shared.token), { principal: 'mcp_token', tokenId: shared.id, memberId: undefined, email: undefined }) // prettier-ignore
  assert.deepEqual(await rowOf(held.token), { principal: 'mcp_token', tokenId: held.id, memberId: held.holder_member_id, email: undefined }) // prettier-ignore
  const elsewhere = `${gate.publicUrl}/t/globex/context7/mcp`
  await expectRefusal(gate, () => gate.call(shared.token, { url: elsewhere }), {
    status: 401,
    code: 'teamspace_mismatch',
  })
  await expectAllowed(gate, () => gate.call(shared.token, { url: `${gate.publicUrl}/t/acme/context7/mcp` }))
})

test('the tokens that a member holds end with the membership; those of the teamspace stay', async (t) => {
  const { gate, ask, mint, ada, ben } = await startTokenGate(t)
  const [held, shared] = [await mint(ben), await mint(ada)]
  await expectAllowed(gate, () => gate.call(held.token))
  await gate.admin.removeMember('acme', ACME.ben.email)
  await expectRefusal(gate, () => gate.call(held.token), { status: 401, code: 'token_invalid' })
  assert.equal((await ask('POST', '', ben, { name: 'again' })).status, 401)
  await expectAllowed(gate, () => gate.call(shared.token))
  assert.equal((await ask('GET', '', ada)).body.tokens.find(({ id }: any) => id === held.id).usable, false)
  await gate.admin.must('DELETE', '/teamspaces/acme')
  await expectRefusal(gate, () => gate.call(shared.token), { status: 401, code: 'token_invalid', withoutSignIn: true })
})

test('B-06 at expires_at a token is refused, in the very words of an unknown one', async (t) => {
  let at = Date.now()
  const { gate, mint, ada } = await startTokenGate(t, { now: () => at })
  const { token, expires_at } = await mint(ada, { expires_in_seconds: 60 })
  at = Date.parse(expires_at) - 1
  await expectAllowed(gate, () => gate.call(token))
  at += 1
  await expectRefusal(gate, () => gate.call(token), { status: 401, code: 'token_invalid' })
  assert.deepEqual(await visible(await gate.call(token)), await visible(await gate.call(UNKNOWN)))
})

test('B-06 after a rotation both tokens are let in, and the one before only until the grace is over', async (t) => {
  let at = Date.now()
  const { gate, ask, mint, ada } = await startTokenGate(t, { now: () => at })
  const old = await mint(ada)
  const { status, headers, body: next } = await ask('POST', `/${old.id}/rotate`, ada, { grace_seconds: 3600 })
  assert.deepEqual([status, headers.get('cache-control'), next.replaces], [201, 'no-store', old.id])
  for (const { token } of [old, next]) await expectAllowed(gate, () => gate.call(token))
  at += 3_600_000
  await expectRefusal(gate, () => gate.call(old.token), { status: 401, code: 'token_invalid' })
  await expectAllowed(gate, () => gate.call(next.token))
  assert.equal((await ask('POST', `/${next.id}/rotate`, ada, { grace_seconds: 604_801 })).status, 400)
})

test('a token with a role that the server does not take is refused', async (t) => {
  const servers = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: '${upstream}', auth: [Token, EntraJwt], outbound: { kind: none }, roles: [owner, admin] }
`
  const { gate, mint, ada } = await startTokenGate(t, { servers })
  const [weak, strong] = [await mint(ada), await mint(ada, { role: 'admin' })]
  await expectRefusal(gate, () => gate.call(weak.token), { status: 403, code: 'role_insufficient' })
  await expectAllowed(gate, () => gate.call(strong.token))
})

test('S4-27 where only MCP tokens are taken, the challenge sends nobody to a sign-in', async (t) => {
  const servers = (upstream: string) =>
    `servers: { context7: { path: /context7/mcp, upstream: '${upstream}', auth: [Token], outbound: { kind: none } } }\n`
  const { gate, ada } = await startTokenGate(t, { servers })
  for (const [credential, code] of [
    [undefined, 'token_missing'],
    [UNKNOWN, 'token_invalid'],
    [ada, 'credential_kind_refused'],
  ] as const) {
    const answer = await expectRefusal(gate, () => gate.call(credential), { status: 401, code, withoutSignIn: true })
    assert.deepEqual(
      Object.keys(challengeOf(answer)),
      code === 'token_missing' ? ['realm'] : ['error', 'error_description'],
    )
  }
})
