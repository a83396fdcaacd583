import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEntry } from '../../apps/sallyport/src/audit/audit-row.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const SERVERS = (upstream: string) => `servers:
  tools: { path: /tools/mcp, upstream: '${upstream}', outbound: { kind: none }, auth: [EntraJwt, Token] }
  gone: { path: /gone/mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } }
  open: { path: /open/mcp, upstream: '${upstream}', outbound: { kind: none }, auth: None }
`

/** A minute must not end between what is counted and what is compared: it is the test's own. */
let now = Date.now()
let gate: TestGate
let tokens: Record<'ada' | 'dev' | 'gus', string>
before(async () => {
  gate = await startGate({ servers: SERVERS, now: () => now })
  tokens = {
    ada: await gate.tokenFor(ACME.ada.email),
    dev: await gate.tokenFor(ACME.dev.email),
    gus: await gate.tokenFor(GLOBEX.gus.email, GLOBEX),
  }
})
after(() => gate.close())

const callTool = async (token: string | undefined, server: string, name: string) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } })
  const answer = await gate.call(token, { url: `${gate.publicUrl}/${server}/mcp`, body })
  await answer.text()
  return answer.status
}

async function read(path: string, headers: Record<string, string> = {}) {
  now += 2_000 // older answers count no more
  const authorization = `Bearer ${gate.sallyport.operatorToken}`
  const answer = await fetch(`${gate.adminUrl}/api/v1${path}`, { headers: { authorization, ...headers } })
  const text = await answer.text()
  return { status: answer.status, etag: answer.headers.get('etag'), body: text === '' ? undefined : JSON.parse(text) }
}

const overviewOf = async (slug: string, range = '1h') =>
  (await read(`/teamspaces/${slug}/overview?range=${range}`)).body

const callsIn = async (path: string): Promise<AuditEntry[]> => {
  await gate.sallyport.flushAudit()
  const { body } = await read(path)
  return body.events.filter(({ kind }: AuditEntry) => kind === 'call')
}

test('an overview says what the audit trail says: totals, refusals, tools and servers', async () => {
  for (let call = 0; call < 4; call += 1) await callTool(tokens.ada, 'tools', 'search')
  await callTool(tokens.ada, 'tools', 'export')
  await callTool(tokens.ada, 'gone', 'search')
  await callTool(tokens.dev, 'tools', 'search') // no member
  await callTool(undefined, 'tools', 'search')
  await callTool(tokens.gus, 'tools', 'search')
  await gate.admin.setPolicy('acme', {
    default: 'allow members',
    rules: [{ name: 'no', effect: 'deny', tools: ['drop'] }],
  })
  await callTool(tokens.ada, 'tools', 'drop')

  for (const [slug, audit] of [
    ['acme', '/teamspaces/acme/audit?limit=1000'],
    ['globex', '/teamspaces/globex/audit?limit=1000'],
    [undefined, '/audit?limit=1000'],
  ] as const) {
    const calls = await callsIn(audit)
    const overview = slug ? await overviewOf(slug) : (await read('/overview?range=1h')).body
    const decided = (decision: string) => calls.filter((call) => call['decision'] === decision)
    assert.equal(overview.totals.calls, calls.length, `${slug}`)
    assert.equal(overview.totals.denied, decided('denied').length)
    assert.equal(overview.totals.faults, decided('fault').length)
    const byCode = Map.groupBy([...decided('denied'), ...decided('fault')], (call) => call['rule'])
    assert.deepEqual(
      Object.fromEntries(overview.refusals.map(({ code, calls }: { code: string; calls: number }) => [code, calls])),
      Object.fromEntries(Array.from(byCode, ([code, of]) => [code, of.length])),
    )
    const byTool = Map.groupBy(
      calls.filter((call) => call['rpcMethod'] === 'tools/call'),
      (call) => `${call['server']} ${call['target']}`,
    )
    assert.deepEqual(
      Object.fromEntries(
        overview.tools.map((tool: Record<string, unknown>) => [`${tool['server']} ${tool['tool']}`, tool['calls']]),
      ),
      Object.fromEntries(Array.from(byTool, ([tool, of]) => [tool, of.length])),
    )
    assert.deepEqual(
      overview.lastCalls.map(({ requestId }: { requestId: string }) => requestId),
      calls.slice(0, 10).map(({ id }) => id),
    )
    const sum = (column: number[]) => column.reduce((total, count) => total + count, 0)
    assert.equal(sum(overview.series.calls), calls.length)
    assert.ok(overview.totals.p50 > 0 && overview.totals.p99 >= overview.totals.p50)
  }
  const { refusals } = await overviewOf('acme')
  assert.ok(refusals.every(({ says }: { says: string }) => says.length > 10))
  assert.doesNotMatch(JSON.stringify(await overviewOf('globex')), /ada@|export|drop/)
})

test('whoever polls an overview that is the same is told so, and hears of the next call', async () => {
  const path = '/teamspaces/globex/overview?range=1h'
  const first = await read(path)
  assert.equal(first.status, 200)
  const same = await read(path, { 'if-none-match': `W/${first.etag}` })
  assert.deepEqual([same.status, same.body, same.etag], [304, undefined, first.etag])
  await callTool(tokens.gus, 'tools', 'search')
  const next = await read(path, { 'if-none-match': first.etag! })
  assert.equal(next.status, 200)
  assert.equal(next.body.totals.calls, first.body.totals.calls + 1)
  assert.equal((await read('/teamspaces/globex/overview?range=2h')).status, 400)
  assert.equal((await read('/teamspaces/nobody/overview')).status, 404)
})

test('open streams are counted for the teamspace that they belong to, until they end', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n')
  })
  const ending = new AbortController()
  const streams = await Promise.all(
    [tokens.ada, tokens.ada, tokens.gus].map((token) =>
      gate.call(token, { url: `${gate.publicUrl}/tools/mcp`, method: 'GET', signal: ending.signal }),
    ),
  )
  assert.deepEqual(
    streams.map(({ status }) => status),
    [200, 200, 200],
  )
  const open = async (path: string) => (await read(path)).body.openStreams
  assert.deepEqual(
    [await open('/teamspaces/acme/overview'), await open('/teamspaces/globex/overview'), await open('/overview')],
    [2, 1, 3],
  )
  ending.abort()
  for (let attempt = 0; attempt < 100 && (await open('/overview')) > 0; attempt += 1) await sleep(20)
  assert.equal(await open('/teamspaces/acme/overview'), 0)
  gate.upstream.answerWith()
})

test('the list of servers says whom each trusts and how it is doing, without asking it', async () => {
  const seen = gate.upstream.seen.length
  gate.upstream.answerWith((_seen, response) => void response.writeHead(500).end())
  await callTool(tokens.ada, 'tools', 'search')
  gate.upstream.answerWith()
  await callTool(tokens.ada, 'gone', 'search')
  const asked = now
  const { body } = await read('/servers')
  const [tools, gone, open] = body.servers
  assert.deepEqual(
    tools.trusts.map(({ mode }: { mode: string }) => mode),
    ['EntraJwt', 'Token'],
  )
  assert.match(open.trusts[0].says, /^Nobody/)
  assert.equal(tools.health.lastAnswer.status, 500)
  assert.ok(Math.abs(tools.health.lastAnswer.at - asked) < 10_000)
  assert.ok(tools.health.recentErrors >= 1 && tools.health.openCalls === 0)
  assert.equal(gone.health.lastFault.code, 'upstream_unreachable')
  assert.equal(gone.health.lastAnswer, undefined)
  assert.deepEqual({ ...open.health }, { openCalls: 0, openStreams: 0, recentErrors: 0 })
  assert.equal(gate.upstream.seen.length, seen + 1)
})
