import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import type { CallInit, TestGate } from '../support/gate.ts'
import { parseMetrics } from '../support/metrics-text.ts'
import type { MetricsPage } from '../support/metrics-text.ts'

const METRICS_TOKEN = 'a-token-for-metrics-and-nothing-else'
const SERVERS = (upstream: string) => `servers:
  tools: { path: /tools/mcp, upstream: '${upstream}', outbound: { kind: none }, auth: [EntraJwt, Token] }
  scoped: { path: /scoped/mcp, upstream: '${upstream}', outbound: { kind: none }, scopes: [tools.write] }
  signed: { path: /signed/mcp, upstream: '${upstream}', outbound: { kind: signed-identity } }
  exchanged: { path: /exchanged/mcp, upstream: '${upstream}', outbound: { kind: entra-obo } }
  gone: { path: /gone/mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } }
`

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS, env: { SALLYPORT_METRICS_TOKEN: METRICS_TOKEN } })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const scrape = (token: string | undefined = METRICS_TOKEN, url = `${gate.adminUrl}/metrics`) =>
  fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })

const readMetrics = async (): Promise<MetricsPage> => parseMetrics(await (await scrape()).text())

async function call(server: string, token: string | undefined = ada, init: CallInit = {}): Promise<number> {
  const answer = await gate.call(token, { ...init, url: `${gate.publicUrl}/${server}/mcp` })
  await answer.text()
  return answer.status
}

/** What `series` rose by. */
async function risen(series: readonly string[], during: () => Promise<unknown>): Promise<number[]> {
  const earlier = await readMetrics()
  await during()
  const later = await readMetrics()
  return series.map((name) => later.value(name) - earlier.value(name))
}

const calls = (server: string, decision: string, code: string) =>
  `sallyport_calls_total{server="${server}",decision="${decision}",code="${code}"}`

test('B-31 metrics are for the operator token and for their own, on the admin listener alone', async () => {
  const page = await scrape()
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.equal((await scrape(gate.sallyport.operatorToken)).status, 200)
  const none = await fetch(`${gate.adminUrl}/metrics`)
  assert.equal(none.status, 401)
  assert.match(none.headers.get('www-authenticate') ?? '', /^Bearer /)
  assert.equal((await scrape('x'.repeat(36))).status, 401)
  assert.equal((await scrape(METRICS_TOKEN, `${gate.publicUrl}/metrics`)).status, 404)
  const api = await fetch(`${gate.adminUrl}/api/v1/servers`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  assert.equal(api.status, 401, 'their token opens nothing else')
})

test('B-31 each outcome of a call is counted once, by server, decision and code', async () => {
  const dev = await gate.tokenFor(ACME.dev.email)
  const expected: [series: string, times: number, send: () => Promise<number>][] = [
    [calls('tools', 'allowed', 'ok'), 3, () => call('tools')],
    [calls('none', 'denied', 'path_unknown'), 2, () => call('nowhere')],
    [calls('tools', 'denied', 'token_missing'), 1, async () => (await fetch(`${gate.publicUrl}/tools/mcp`)).status],
    [calls('tools', 'denied', 'token_invalid'), 2, () => call('tools', `mcpt_${'a'.repeat(43)}`)],
    [calls('tools', 'denied', 'member_unknown'), 1, () => call('tools', dev)],
    [calls('tools', 'denied', 'message_malformed'), 1, () => call('tools', ada, { body: '{' })],
    [calls('scoped', 'denied', 'scope_insufficient'), 1, () => call('scoped')],
    [calls('gone', 'fault', 'upstream_unreachable'), 2, () => call('gone')],
  ]
  const rise = await risen(
    expected.map(([series]) => series),
    async () => {
      for (const [, times, send] of expected) for (let n = 0; n < times; n++) await send()
    },
  )
  assert.deepEqual(
    rise,
    expected.map(([, times]) => times),
  )
})

test('B-31 a call has one duration, the part of the server behind in it has another', async (t) => {
  t.after(() => gate.upstream.answerWith())
  gate.upstream.answerWith((_seen, response) => void setTimeout(() => response.writeHead(500).end(), 150))
  const series = [
    'sallyport_call_duration_seconds_count{server="tools"}',
    'sallyport_call_duration_seconds_sum{server="tools"}',
    'sallyport_gate_duration_seconds_sum{server="tools"}',
    'sallyport_upstream_duration_seconds_count{server="tools",status_class="5xx"}',
    'sallyport_upstream_duration_seconds_sum{server="tools",status_class="5xx"}',
  ]
  const [count, whole, own, upstreamCount, upstream] = (await risen(series, () => call('tools'))) as [
    number,
    number,
    number,
    number,
    number,
  ]
  assert.deepEqual([count, upstreamCount], [1, 1])
  assert.ok(upstream >= 0.145, `${upstream}`)
  assert.ok(whole >= upstream && own < whole - 0.14, `${whole} ${own}`)
})

test('B-31 exchanges are counted as fresh, cached, refused and failed', async () => {
  const obo = (outcome: string) => `sallyport_exchanges_total{server="exchanged",kind="entra-obo",outcome="${outcome}"}`
  const signed = (outcome: string) =>
    `sallyport_exchanges_total{server="signed",kind="signed-identity",outcome="${outcome}"}`
  const series = [obo('fresh'), obo('cached'), obo('refused'), obo('failed'), signed('fresh'), signed('cached')]
  const rise = await risen(series, async () => {
    const [first, second, third] = [
      await gate.tokenFor(ACME.ada.email),
      await gate.tokenFor(ACME.ada.email),
      await gate.tokenFor(ACME.ada.email),
    ]
    for (let n = 0; n < 3; n++) assert.equal(await call('exchanged', first), 200)
    gate.emulator.setFault({ path: 'token', kind: 'status', status: 400, aadsts: 65001, times: 1 })
    assert.equal(await call('exchanged', second), 403)
    gate.emulator.setFault({ path: 'token', kind: 'status', status: 503, times: 1 })
    assert.equal(await call('exchanged', third), 503)
    for (let n = 0; n < 3; n++) assert.equal(await call('signed'), 200)
  })
  assert.deepEqual(rise, [1, 2, 1, 1, 1, 2])
})

test('B-31 caches say how often they could answer', async () => {
  const fresh = await gate.tokenFor(ACME.ada.email)
  const uses = (cache: string, outcome: string) => `sallyport_cache_total{cache="${cache}",outcome="${outcome}"}`
  const series = [
    uses('verified_tokens', 'miss'),
    uses('verified_tokens', 'hit'),
    uses('members', 'miss'),
    uses('policies', 'hit'),
  ]
  assert.deepEqual(
    await risen(series, async () => {
      for (let n = 0; n < 3; n++) await call('tools', fresh)
    }),
    [1, 2, 0, 3],
  )
})

test('B-31 open calls and streams are counted while they are open, and across a reload', async (t) => {
  t.after(() => gate.upstream.answerWith())
  const ends: (() => void)[] = []
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    ends.push(() => response.end('data: done\n\n'))
  })
  const open = async () => {
    const page = await readMetrics()
    return ['calls', 'streams'].map((what) => page.value(`sallyport_open_${what}{server="tools"}`))
  }
  const url = `${gate.publicUrl}/tools/mcp`
  const [one, other] = [await gate.call(ada, { url }), await gate.call(ada, { url })]
  assert.deepEqual(await open(), [2, 2])
  await gate.sallyport.reload(gate.config)
  assert.deepEqual(await open(), [2, 2])
  await other.body?.cancel()
  ends[0]!()
  await one.text()
  for (let n = 0; n < 50 && (await open())[0] !== 0; n++) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(await open(), [0, 0])
})

test('B-31 counters survive a reload; modes are those in force', async (t) => {
  t.after(() => gate.sallyport.reload(gate.config))
  await call('tools')
  const counted = (await readMetrics()).value(calls('tools', 'allowed', 'ok'))
  const servers = gate.config.servers.map((server) =>
    server.name === 'tools' ? { ...server, auth: { mode: 'None' as const } } : server,
  )
  const mode = (name: string) => `sallyport_auth_mode{server="tools",mode="${name}"}`
  const earlier = await readMetrics()
  assert.deepEqual(
    ['EntraJwt', 'Token', 'None'].map((name) => earlier.value(mode(name))),
    [1, 1, 0],
  )
  await gate.sallyport.reload({ ...gate.config, servers })
  const later = await readMetrics()
  assert.deepEqual(
    ['EntraJwt', 'Token', 'None'].map((name) => later.samples.get(mode(name))),
    [undefined, undefined, 1],
  )
  assert.equal(later.value(calls('tools', 'allowed', 'ok')), counted)
})

test('B-31 how things stand: ready, nothing lost, and what runs', async () => {
  const page = await readMetrics()
  assert.equal(page.value('sallyport_ready'), 1)
  assert.equal(page.value('sallyport_audit_dropped_total'), 0)
  assert.ok(page.samples.has('sallyport_audit_queued'))
  assert.equal(page.value(`sallyport_build_info{version="0.1.0",node="${process.versions.node}"}`), 1)
  assert.ok(page.value('process_resident_memory_bytes') > 0)
})

test('B-31 nothing that a caller writes becomes a label, and a thousand names leave the series as they are', async (t) => {
  const sizes = () =>
    readMetrics().then(({ samples }) => [...samples.keys()].filter((key) => key.startsWith('sallyport')))
  const hostile = 'x"} 1\nsallyport_ready{evil="1'
  const send = async (n: number) => {
    const name = `${hostile}${n}`
    const body = JSON.stringify({ jsonrpc: '2.0', id: n, method: n % 2 ? name : 'tools/call', params: { name } })
    const path = n % 3 === 0 ? `/${encodeURIComponent(name)}/mcp` : '/tools/mcp'
    const headers = { 'mcp-session-id': name.replace('\n', ''), 'user-agent': `agent-${n}` }
    await (await gate.call(n % 5 ? ada : `token-${n}`, { url: `${gate.publicUrl}${path}`, body, headers })).text()
  }
  for (let n = 0; n < 30; n++) await send(n)
  const earlier = await sizes()
  const more = 1_000
  for (let from = 30; from < more; from += 50)
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(from + index)))
  t.diagnostic(`${earlier.length} series`)
  assert.deepEqual(await sizes(), earlier)
  assert.ok(!(await (await scrape()).text()).includes('evil'))
  assert.equal((await call('tools', ada, { body: TOOLS_LIST })) < 300, true)
})
