import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const start = async (t: { after(fn: () => Promise<void>): void }, settings = ''): Promise<TestGate> => {
  const gate = await startGate({ servers: NO_CREDENTIAL, settings })
  t.after(() => gate.close())
  return gate
}

const callLines = ({ logged }: TestGate) =>
  logged.map((line) => JSON.parse(line) as Record<string, any>).filter(({ msg }) => msg === 'call')

test('X-51 each call has one line: ids, names and the decision, and nothing of whoever called beside', async (t) => {
  const gate = await start(t)
  const ada = await gate.tokenFor(ACME.ada.email)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'search' } })
  const ids: (string | null)[] = []
  for (const [token, text] of [
    [ada, body],
    [undefined, body],
    [ada, '{'],
    [ada, body],
  ] as const) {
    const answer = await gate.call(token, { body: text, headers: { 'x-canary': 'canary' } })
    await answer.text()
    ids.push(answer.headers.get('x-request-id'))
  }
  const lines = callLines(gate)
  assert.deepEqual(
    lines.map(({ requestId }) => requestId),
    ids,
  )
  const { time, requestId, durationMs, teamspaceId, memberId, ...said } = lines[0]!
  assert.ok(time > 0 && requestId && durationMs > 0 && teamspaceId && memberId)
  assert.deepEqual(said, {
    level: 30,
    server: 'context7',
    method: 'tools/call',
    target: 'search',
    decision: 'allowed',
    rule: 'role:developer',
    status: 200,
    upstreamStatus: 200,
    principal: 'member',
    msg: 'call',
  })
  assert.deepEqual(lines.map(({ decision, rule, status, step }) => [decision, rule, status, step]).slice(1, 3), [
    ['denied', 'token_missing', 401, 'authenticate'],
    ['denied', 'message_malformed', 400, 'read'],
  ])
  assert.doesNotMatch(gate.logged.join(''), /canary|@acme|oid|preferred_username/)
})

test('X-51 an MCP token is named by its id', async (t) => {
  const gate = await startGate({
    servers: (upstream) =>
      `servers: { tools: { path: /context7/mcp, upstream: '${upstream}', auth: Token, outbound: { kind: none } } }\n`,
  })
  t.after(() => gate.close())
  const { id, token } = await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'CI' })
  await (await gate.call(token)).text()
  const [line] = callLines(gate)
  assert.deepEqual([line!.status, line!.principal, line!.tokenId], [200, 'mcp_token', id])
})

test('logCalls: refused leaves out what was allowed, and takes effect at a reload; none leaves out all', async (t) => {
  const gate = await start(t, 'telemetry: { logCalls: refused }\n')
  const ada = await gate.tokenFor(ACME.ada.email)
  const both = async () => {
    await (await gate.call(ada)).text()
    await (await gate.call(undefined)).text()
  }
  await both()
  assert.deepEqual(
    callLines(gate).map(({ status }) => status),
    [401],
  )
  const telemetry = { ...gate.config.telemetry, logCalls: 'none' as const }
  await gate.sallyport.reload({ ...gate.config, telemetry })
  await both()
  assert.equal(callLines(gate).length, 1)
})

test('at logLevel debug the line says how long each step took', async (t) => {
  const gate = await start(t, 'logLevel: debug\n')
  await (await gate.call(await gate.tokenFor(ACME.ada.email))).text()
  const steps = callLines(gate)[0]!['stepMs'] as [string, number][]
  assert.deepEqual(
    steps.map(([step]) => step),
    ['throttle', 'route', 'authenticate', 'admit', 'read', 'readmit', 'authorize', 'limit', 'exchange'],
  )
  assert.ok(steps.every(([, ms]) => ms >= 0))
})
