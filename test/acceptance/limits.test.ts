import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { NO_CREDENTIAL, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'
import { auditRowOf } from './s2/support.ts'

const PROXY = `trustedProxies: [127.0.0.1]\n`
const FROM = (address: string) => ({ headers: { 'x-forwarded-for': address } })

async function startLimited(t: TestContext, settings: string, toolRates = '') {
  const clock = testClock()
  const servers = (upstream: string) => `${NO_CREDENTIAL(upstream)}${toolRates && `    toolRates: ${toolRates}\n`}`
  const gate = await startGate({ now: clock.now, servers, settings })
  t.after(() => gate.close())
  const tokenOf = (oid: string) => gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, { oid }))
  return { gate, clock, ada: await tokenOf(ACME.ada.oid), ben: await tokenOf(ACME.ben.oid) }
}

const toolCall = (name: string, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
})
const asBody = (message: unknown) => ({ body: JSON.stringify(message) })

interface Limited {
  readonly limit: string
  readonly policy: string
  readonly waitSeconds: number
  readonly detail: object
  readonly id?: unknown
}

/** 429 in full: headers, body and audit row, and nothing sent on. */
async function expectLimited(gate: TestGate, send: () => Promise<Response>, expected: Limited): Promise<void> {
  const answer = await expectRefusal(gate, send, { status: 429, code: 'rate_limited' })
  const { limit, policy, waitSeconds, detail, id = null } = expected
  assert.equal(answer.headers.get('retry-after'), String(waitSeconds))
  assert.equal(answer.headers.get('ratelimit-policy'), `"${limit}";${policy}`)
  assert.equal(answer.headers.get('ratelimit'), `"${limit}";r=0;t=${waitSeconds}`)
  const body = JSON.parse(answer.body)
  assert.deepEqual([body.jsonrpc, body.id, body.error.code], ['2.0', id, -32010])
  const row = await auditRowOf(gate, answer)
  assert.deepEqual([row.decision, row.rule, row.status], ['denied', 'rate_limited', 429])
  assert.deepEqual(row.detail, { limit, remaining: 0, retryAfterSeconds: waitSeconds, ...detail })
}

test('B-28 a member who called too often waits for the window to end, and only that member', async (t) => {
  const { gate, clock, ada, ben } = await startLimited(t, 'limits: { rate: { principal: { calls: 3, seconds: 60 } } }')
  for (const remaining of [2, 1, 0]) {
    const answer = await expectAllowed(gate, () => gate.call(ada))
    assert.equal(answer.headers.get('ratelimit-policy'), '"principal";q=3;w=60')
    assert.equal(answer.headers.get('ratelimit'), `"principal";r=${remaining};t=60`)
  }
  clock.advance(20)
  const detail = { calls: 3, seconds: 60, setting: 'limits.rate.principal' }
  const limited = { limit: 'principal', policy: 'q=3;w=60', waitSeconds: 40, detail, id: 1 }
  await expectLimited(gate, () => gate.call(ada), limited)
  await expectAllowed(gate, () => gate.call(ben))
  clock.advance(40)
  await expectAllowed(gate, () => gate.call(ada))
})

test('B-28 a teamspace is limited as a whole, and no other with it', async (t) => {
  const { gate, clock, ada, ben } = await startLimited(t, 'limits: { rate: { teamspace: { calls: 2, seconds: 30 } } }')
  await expectAllowed(gate, () => gate.call(ada))
  await expectAllowed(gate, () => gate.call(ben))
  const detail = { calls: 2, seconds: 30, setting: 'limits.rate.teamspace' }
  await expectLimited(gate, () => gate.call(ada), {
    limit: 'teamspace',
    policy: 'q=2;w=30',
    waitSeconds: 30,
    detail,
    id: 1,
  })
  const changes = {
    oid: GLOBEX.gus.oid,
    aud: GLOBEX.gatewayClientId,
    tid: GLOBEX.tenantId,
    iss: `${gate.emulator.url}/${GLOBEX.tenantId}/v2.0`,
  }
  const gus = await gate.emulator.signToken(GLOBEX.tenantId, userClaims(gate, clock.seconds, changes))
  await expectAllowed(gate, () => gate.call(gus))
})

test('B-28 a tool is limited in a teamspace whoever calls it, and other tools and methods are not', async (t) => {
  const { gate, ada, ben } = await startLimited(t, 'limits: { rate: { tool: { calls: 2, seconds: 30 } } }')
  await expectAllowed(gate, () => gate.call(ada, asBody(toolCall('search'))))
  await expectAllowed(gate, () => gate.call(ben, asBody(toolCall('search'))))
  const detail = { calls: 2, seconds: 30, setting: 'limits.rate.tool' }
  const limited = { limit: 'tool', policy: 'q=2;w=30', waitSeconds: 30, detail, id: 7 }
  await expectLimited(gate, () => gate.call(ben, asBody(toolCall('search', 7))), limited)
  await expectAllowed(gate, () => gate.call(ben, asBody(toolCall('read'))))
  const other = await expectAllowed(gate, () => gate.call(ben))
  assert.equal(other.headers.get('ratelimit'), null, 'no limit applied')
})

test('B-28 toolRates limit what one caller may do with the tools of a name', async (t) => {
  const { gate, ada, ben } = await startLimited(t, '', '{ "export_*": { calls: 2, seconds: 3600 } }')
  await expectAllowed(gate, () => gate.call(ada, asBody(toolCall('export_csv'))))
  await expectAllowed(gate, () => gate.call(ada, asBody(toolCall('export_pdf'))))
  const detail = { calls: 2, seconds: 3600, setting: 'servers.context7.toolRates.export_*' }
  const limited = { limit: 'tool', policy: 'q=2;w=3600', waitSeconds: 3600, detail, id: 1 }
  await expectLimited(gate, () => gate.call(ada, asBody(toolCall('export_xls'))), limited)
  await expectAllowed(gate, () => gate.call(ada, asBody(toolCall('import_csv'))))
  await expectAllowed(gate, () => gate.call(ben, asBody(toolCall('export_csv'))))
})

test('B-28 each message of a batch counts, and a batch that goes too far costs nothing', async (t) => {
  const settings = 'limits: { rate: { principal: { calls: 60, seconds: 60 }, tool: { calls: 30, seconds: 60 } } }'
  const { gate, ada } = await startLimited(t, settings)
  const batch = (size: number, name: string) => ({
    ...asBody(Array.from({ length: size }, (_, id) => toolCall(name, id))),
    headers: { 'mcp-protocol-version': '2025-03-26' },
  })
  gate.upstream.answerWith((_seen, response) => response.setHeader('content-type', 'application/json').end('[]'))
  await expectRefusal(gate, () => gate.call(ada, batch(50, 'search')), { status: 429, code: 'rate_limited' })
  const answer = await expectAllowed(gate, () => gate.call(ada, batch(20, 'search')))
  assert.equal(answer.headers.get('ratelimit'), '"tool";r=10;t=60')
  await expectAllowed(gate, () => gate.call(ada, batch(30, 'read')))
  await expectRefusal(gate, () => gate.call(ada, batch(11, 'list')), { status: 429, code: 'rate_limited' })
  await expectAllowed(gate, () => gate.call(ada, batch(10, 'list')))
})

test('B-28 an address is limited before its credential is looked at, by its /64 and as a trusted proxy names it', async (t) => {
  const settings = `${PROXY}limits: { rate: { address: { calls: 2, seconds: 10 } } }`
  const { gate, ada } = await startLimited(t, settings)
  const hop = (last: string) => gate.call(ada, FROM(`2001:db8:9:4::${last}`))
  await expectAllowed(gate, () => hop('1'))
  await expectAllowed(gate, () => hop('2'))
  const detail = { calls: 2, seconds: 10, setting: 'limits.rate.address' }
  await expectLimited(gate, () => hop('3'), { limit: 'address', policy: 'q=2;w=10', waitSeconds: 10, detail })
  await expectAllowed(gate, () => gate.call(ada, FROM('2001:db8:9:5::1')))
  await expectAllowed(gate, () => gate.call(ada, FROM('1.1.1.1, 198.51.100.7')))
  const row = await auditRowOf(gate, await gate.call(ada, FROM('1.1.1.1, 198.51.100.7')))
  assert.equal(row.address, '198.51.100.7')
})

test('B-28 refusals close the door to an address; whoever is let in, and asks amiss, is not counted', async (t) => {
  const settings = `${PROXY}limits: { rate: { refused: { calls: 3, seconds: 60 } } }`
  const { gate, clock, ada } = await startLimited(t, settings)
  const here = FROM('198.51.100.7')
  for (let call = 0; call < 5; call++) await expectAllowed(gate, () => gate.call(ada, here))
  for (let call = 0; call < 5; call++)
    assert.equal((await gate.call(ada, { ...here, url: `${gate.publicUrl}/none` })).status, 404)
  await expectRefusal(gate, () => gate.call(undefined, here), { status: 401, code: 'token_missing' })
  await expectRefusal(gate, () => gate.call(`mcpt_${'A'.repeat(43)}`, here), { status: 401 })
  await expectRefusal(gate, () => gate.call(ada, { ...here, body: '{' }), { status: 400, code: 'message_malformed' })
  const detail = { calls: 3, seconds: 60, setting: 'limits.rate.refused' }
  await expectLimited(gate, () => gate.call(ada, here), {
    limit: 'refused',
    policy: 'q=3;w=60',
    waitSeconds: 60,
    detail,
  })
  await expectAllowed(gate, () => gate.call(ada, FROM('198.51.100.8')))
  clock.advance(60)
  await expectAllowed(gate, () => gate.call(ada, here))
})

test('B-28 calls from this machine itself are not limited by address', async (t) => {
  const { gate, ada } = await startLimited(
    t,
    'limits: { rate: { address: { calls: 1, seconds: 60 }, refused: { calls: 1, seconds: 60 } } }',
  )
  for (let call = 0; call < 3; call++) assert.equal((await gate.call(undefined)).status, 401)
  await expectAllowed(gate, () => gate.call(ada))
})

test('B-28 without limits of callers nothing is said about any; by default nobody is limited that behaves', async (t) => {
  const { gate, ada } = await startLimited(t, PROXY)
  for (let call = 0; call < 20; call++) {
    const { headers } = await expectAllowed(gate, () => gate.call(ada, FROM('198.51.100.7')))
    assert.deepEqual([headers.get('ratelimit'), headers.get('ratelimit-policy')], [null, null])
  }
})

test('B-28 open calls, event streams included, are limited for each caller and end with their connection', async (t) => {
  const { gate, ada, ben } = await startLimited(t, 'limits: { openCalls: { principal: 2, teamspace: 3 } }')
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  })
  const streams: AbortController[] = []
  const open = async (token: string) => {
    const client = new AbortController()
    streams.push(client)
    assert.equal((await gate.call(token, { method: 'GET', signal: client.signal })).status, 200)
  }
  await open(ada)
  await open(ada)
  const answer = await expectRefusal(gate, () => gate.call(ada), { status: 429, code: 'too_many_open_calls' })
  assert.equal(answer.headers.get('retry-after'), '1')
  assert.equal(answer.headers.get('ratelimit-policy'), '"principal";q=2;qu="concurrent-requests"')
  assert.equal(answer.headers.get('ratelimit'), '"principal";r=0')
  const row = await auditRowOf(gate, answer)
  assert.deepEqual(row.detail, { limit: 'principal', openCalls: 2, setting: 'limits.openCalls.principal' })

  await open(ben)
  const full = await expectRefusal(gate, () => gate.call(ben), { status: 429, code: 'too_many_open_calls' })
  assert.match(full.headers.get('ratelimit-policy')!, /^"teamspace";q=3;/)
  streams.forEach((client) => client.abort())
  gate.upstream.answerWith()
  await openAgain(gate, ada)
})

/** The gate hears of a client that went away a moment later, which is long on a machine that is busy. */
async function openAgain(gate: TestGate, token: string): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const answer = await gate.call(token)
    await answer.text()
    if (answer.status === 200) return
    assert.ok(Date.now() < deadline, 'calls that ended still count')
  }
}

test('B-28 a reload changes limits, and those that it leaves alone keep their counts', async (t) => {
  const { gate, ada } = await startLimited(t, 'limits: { rate: { principal: { calls: 2, seconds: 60 } } }')
  await expectAllowed(gate, () => gate.call(ada))
  await gate.sallyport.reload(gate.config)
  await expectAllowed(gate, () => gate.call(ada))
  await expectRefusal(gate, () => gate.call(ada), { status: 429, code: 'rate_limited' })
  const { limits } = gate.config
  const more = { ...gate.config, limits: { ...limits, rate: { ...limits.rate, principal: { calls: 5, seconds: 60 } } } }
  await gate.sallyport.reload(more)
  await expectAllowed(gate, () => gate.call(ada))
})
