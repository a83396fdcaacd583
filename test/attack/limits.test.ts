import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compactJws, issuerOf, testClock, userClaims } from '../support/entra-tokens.ts'
import { watchStatements } from '../support/engines.ts'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import { sendRaw, writeRequest } from '../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    auth: [EntraJwt, Token]
    outbound: { kind: none }
`
const FROM = (address: string) => ({ headers: { 'x-forwarded-for': address } })

async function startLimited(t: TestContext, limits: string, trusted = '[127.0.0.1]') {
  const clock = testClock()
  const fetched: string[] = []
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  const settings = `trustedProxies: ${trusted}\nlimits: ${limits}\n`
  const gate = await startGate({ now: clock.now, servers: SERVERS, settings, fetch: counting })
  t.after(() => gate.close())
  const ada = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  return { gate, clock, fetched, ada }
}

test('guessing: an address beyond its budget costs no look-up, no key and no contact with anybody, whatever it sends', async (t) => {
  const { gate, clock, fetched, ada } = await startLimited(t, '{ rate: { refused: { calls: 20, seconds: 60 } } }')
  const guess = (i: number): string | undefined => {
    if (i % 3 === 0) return `mcpt_${randomBytes(32).toString('base64url')}`
    const tid = i % 3 === 1 ? randomUUID() : ACME.tenantId
    const changes = { aud: i % 2 ? randomUUID() : ACME.gatewayClientId, tid, iss: issuerOf(gate, tid) }
    return compactJws({ alg: 'RS256', kid: `${i}` }, userClaims(gate, clock.seconds, changes), () => randomBytes(256))
  }
  const attacker = FROM('198.51.100.66')
  for (let i = 0; i < 20; i++) assert.equal((await gate.call(guess(i), attacker)).status, 401)

  await gate.sallyport.flushAudit()
  const contacts = fetched.length
  const statements = watchStatements()
  t.after(() => statements.stop())
  for (let i = 0; i < 200; i++) {
    const token = i % 10 === 0 ? ada : i % 10 === 1 ? undefined : guess(i)
    const url = i % 2 ? gate.mcpUrl : `${gate.publicUrl}/t/${i % 4 ? 'acme' : randomUUID()}/context7/mcp`
    await expectRefusal(gate, () => gate.call(token, { ...attacker, url }), { status: 429, code: 'rate_limited' })
  }
  assert.equal(fetched.length, contacts)
  assert.deepEqual(
    statements.texts.filter((text) => !/^(?:begin|commit)|"audit(?:_chain)?"/i.test(text)),
    [],
  )
  await expectAllowed(gate, () => gate.call(ada, FROM('198.51.100.67')))
})

test('spoofed X-Forwarded-For: a client behind the proxy stays itself, and cannot use up the budget of another', async (t) => {
  const { gate, ada } = await startLimited(t, '{ rate: { refused: { calls: 5, seconds: 60 } } }')
  const spoof = (i: number) => FROM(`203.0.113.${i}, 127.0.0.1, victim, 198.51.100.66`)
  for (let i = 0; i < 5; i++) assert.equal((await gate.call(undefined, spoof(i))).status, 401)
  for (let i = 5; i < 10; i++) assert.equal((await gate.call(ada, spoof(i))).status, 429)
  for (let i = 0; i < 5; i++) await expectAllowed(gate, () => gate.call(ada, FROM(`203.0.113.${i}`)))
})

test('spoofed X-Forwarded-For: a peer that is no trusted proxy is not believed at all', async (t) => {
  const { gate, ada } = await startLimited(t, '{ rate: { refused: { calls: 3, seconds: 60 } } }')
  for (let i = 0; i < 10; i++) assert.equal(await statusFrom('127.0.0.2', gate.mcpUrl, '198.51.100.7'), 401)
  await expectAllowed(gate, () => gate.call(ada, FROM('198.51.100.7')))
})

/** As a peer of another address of this machine. */
function statusFrom(localAddress: string, url: string, forwarded: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded }
    const request = httpRequest(url, { method: 'POST', localAddress, headers }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
    request.on('error', reject).end(TOOLS_LIST)
  })
}

test('hopping: a thousand addresses of one /64 are one, and of a thousand networks none is mistaken for another', async (t) => {
  const { gate, ada } = await startLimited(t, '{ rate: { refused: { calls: 10, seconds: 60 } } }')
  const hop = (i: number) => FROM(`2001:db8:66:1:${i.toString(16)}:${(i * 7).toString(16)}::1`)
  const statuses: number[] = []
  for (let i = 0; i < 1000; i += 100) {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, j) => gate.call(undefined, hop(i + j))))
    statuses.push(...answers.map(({ status }) => status))
  }
  assert.equal(statuses.filter((status) => status === 401).length <= 110, true, 'those under way may still be answered')
  assert.equal((await gate.call(ada, hop(2000))).status, 429)
  for (let i = 2; i < 100; i++) assert.equal((await gate.call(undefined, FROM(`2001:db8:66:${i}::1`))).status, 401)
})

test('hopping: one IPv4 address behind a translator cannot shut out all of IPv4', async (t) => {
  const { gate } = await startLimited(t, '{ rate: { refused: { calls: 5, seconds: 60 } } }')
  for (const prefix of ['64:ff9b::', '::ffff:0:']) {
    const through = (address: string) => gate.call(undefined, FROM(`${prefix}${address}`))
    for (let i = 0; i < 5; i++)
      assert.equal((await through('198.51.100.66')).status, prefix === '64:ff9b::' ? 401 : 429)
    assert.equal((await through('198.51.100.66')).status, 429)
    assert.equal((await through('198.51.100.67')).status, 401)
  }
})

test('spellings: another way to write a name gives no more calls of the tool', async (t) => {
  const { gate, ada } = await startLimited(t, '{ rate: { tool: { calls: 3, seconds: 60 } } }')
  const status = async (name: string) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })
    return (await gate.call(ada, { body })).status
  }
  const statuses: number[] = []
  for (const name of ['export', 'Export', ' export', 'EXPORT', 'expor\u200bt', '\uff45xport'])
    statuses.push(await status(name))
  assert.deepEqual(statuses, [200, 200, 200, 429, 429, 429])
  assert.equal(await status('import'), 200)
})

test('spellings: nor more of those that fit a pattern', async (t) => {
  const clock = testClock()
  const servers = (upstream: string) => `${SERVERS(upstream)}    toolRates: { 'Export_*': { calls: 2, seconds: 60 } }\n`
  const gate = await startGate({ now: clock.now, servers })
  t.after(() => gate.close())
  const ada = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  const statuses: number[] = []
  for (const name of ['export_a', 'EXPORT_a', ' Export_b', 'export_c', `Export_${'x'.repeat(9000)}`]) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })
    statuses.push((await gate.call(ada, { body })).status)
  }
  assert.deepEqual(statuses, [200, 200, 429, 429, 429])
})

test('pipelining: twenty calls written at once count as twenty', async (t) => {
  const { gate, ada } = await startLimited(t, '{ rate: { principal: { calls: 5, seconds: 60 } } }')
  const one = (last: boolean) =>
    writeRequest(gate.mcpUrl, {
      headers: [['authorization', `Bearer ${ada}`], ...(last ? [['connection', 'close'] as const] : [])],
      without: ['connection'],
    })
  const answers = await sendRaw(gate.mcpUrl, Array.from({ length: 20 }, (_, i) => one(i === 19)).join(''))
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [...Array(5).fill(200), ...Array(15).fill(429)])
  assert.equal(gate.upstream.seen.length, 5)
})

test('chaos: whatever way calls end, none counts as open afterwards', async (t) => {
  const { gate, ada } = await startLimited(t, '{ openCalls: { principal: 40, teamspace: 40, address: 40 } }')
  const headers = {
    authorization: `Bearer ${ada}`,
    'content-type': 'application/json',
    'x-forwarded-for': '198.51.100.7',
  }
  let turn = 0
  gate.upstream.answerWith((_seen, response) => {
    turn += 1
    if (turn % 5 === 0) return void response.destroy() // dead before its head
    if (turn % 5 === 1) return // silent
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    if (turn % 5 === 2) setTimeout(() => response.destroy(), 2) // dead within its answer
    if (turn % 5 === 3) response.end('data: done\n\n')
  })
  /** Gone at some moment: while sending, before the head, within the stream, or never. */
  const abortedAt = (delayMs: number | undefined, body: string, announced = body.length) =>
    new Promise<void>((resolve) => {
      const request = httpRequest(gate.mcpUrl, {
        method: 'POST',
        headers: { ...headers, 'content-length': announced },
        agent: false,
      })
      request.on('response', (response) =>
        response
          .on('error', () => {})
          .on('close', resolve)
          .resume(),
      )
      request.on('error', () => {}).on('close', resolve)
      request.write(body)
      if (announced === body.length) request.end()
      if (delayMs !== undefined) setTimeout(() => request.destroy(), delayMs)
    })
  for (let round = 0; round < 8; round++) {
    await Promise.all([
      ...Array.from({ length: 12 }, (_, i) => abortedAt(i * 3, TOOLS_LIST)),
      ...Array.from({ length: 4 }, (_, i) => abortedAt(i * 5, TOOLS_LIST, 5000)), // its body never comes
      ...Array.from({ length: 4 }, () => abortedAt(undefined, '{')), // refused
      pipelinedStreams(gate.mcpUrl, ada, 6),
    ])
  }

  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  })
  const clients = Array.from({ length: 40 }, () => new AbortController())
  const open = (signal?: AbortSignal) => gate.call(ada, { ...FROM('198.51.100.7'), ...(signal && { signal }) })
  const deadline = Date.now() + 10_000
  for (const { signal } of clients) {
    // The gate hears of the last of those who went away a moment later.
    while ((await open(signal)).status === 429) assert.ok(Date.now() < deadline, 'not all forty can be open again')
  }
  await expectRefusal(gate, () => open(), { status: 429, code: 'too_many_open_calls' })
  clients.forEach((client) => client.abort())
})

/** Several streams asked for on one connection, which then goes away: all but the first were never answered. */
async function pipelinedStreams(url: string, token: string, count: number): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  const one = writeRequest(url, {
    headers: [
      ['authorization', `Bearer ${token}`],
      ['x-forwarded-for', '198.51.100.7'],
    ],
    without: ['connection'],
  })
  socket.write(one.repeat(count))
  await sleep(20)
  socket.destroy()
}
