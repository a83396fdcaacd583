import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { ACME, startGate } from '../support/gate.ts'
import type { CallInit, TestGate } from '../support/gate.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`
const OTHER_TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const SERVERS = (upstream: string) => `servers:
  tools: { path: /tools/mcp, upstream: '${upstream}', outbound: { kind: none } }
  exchanged: { path: /exchanged/mcp, upstream: '${upstream}', outbound: { kind: entra-obo } }
  gone: { path: /gone/mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } }
`

const exporter = new InMemorySpanExporter()
let gate: TestGate
let ada: string
before(async () => {
  // As `node --import ./otel.js` does, before anything of ours runs.
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  gate = await startGate({ servers: SERVERS })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(async () => {
  await gate.close()
  trace.disable()
})
beforeEach(() => {
  exporter.reset()
  gate.upstream.answerWith()
})

const TOOL_CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'search', arguments: { q: 'canary' } },
}

interface Traced {
  readonly root: ReadableSpan
  readonly children: readonly ReadableSpan[]
  readonly status: number
}

const isRoot = ({ kind }: ReadableSpan) => kind === SpanKind.SERVER
const startOf = ({ startTime: [seconds, nanos] }: ReadableSpan) => seconds * 1000 + nanos / 1e6
const endOf = ({ endTime: [seconds, nanos] }: ReadableSpan) => seconds * 1000 + nanos / 1e6

async function finished(): Promise<readonly ReadableSpan[]> {
  for (let n = 0; n < 200 && !exporter.getFinishedSpans().some(isRoot); n++) await sleep(5)
  return exporter.getFinishedSpans()
}

async function traced(server: string, init: CallInit = {}, token: string | undefined = ada): Promise<Traced> {
  const answer = await gate.call(token, {
    body: JSON.stringify(TOOL_CALL),
    ...init,
    url: `${gate.publicUrl}/${server}/mcp`,
  })
  await answer.text()
  const spans = await finished()
  const roots = spans.filter(isRoot)
  assert.equal(roots.length, 1, 'one call, one span of its own')
  return { root: roots[0]!, children: spans.filter((span) => !isRoot(span)), status: answer.status }
}

const names = (spans: readonly ReadableSpan[]) =>
  spans.toSorted((a, b) => startOf(a) - startOf(b)).map(({ name }) => name)

test('B-31 a call has a span, with one for each step and one for the server behind, within its time and in order', async () => {
  gate.upstream.answerWith((_seen, response) => void setTimeout(() => response.writeHead(200).end(), 30))
  const { root, children } = await traced('tools')
  assert.equal(root.name, 'tools/call search')
  assert.equal(root.status.code, SpanStatusCode.UNSET)
  const steps = children.filter(({ kind }) => kind === SpanKind.INTERNAL)
  assert.deepEqual(names(steps), [
    'throttle',
    'route',
    'authenticate',
    'admit',
    'read',
    'readmit',
    'authorize',
    'limit',
    'exchange',
  ])
  for (const span of children) {
    assert.equal(span.parentSpanContext?.spanId, root.spanContext().spanId)
    assert.equal(span.spanContext().traceId, root.spanContext().traceId)
    assert.ok(startOf(span) >= startOf(root) - 1e-3 && endOf(span) <= endOf(root) + 1e-3, span.name)
  }
  const inOrder = steps.toSorted((a, b) => startOf(a) - startOf(b))
  for (const [index, step] of inOrder.entries())
    if (index > 0) assert.ok(Math.abs(startOf(step) - endOf(inOrder[index - 1]!)) < 1e-3, step.name)
  const [upstream] = children.filter(({ kind }) => kind === SpanKind.CLIENT)
  assert.equal(upstream!.attributes['http.response.status_code'], 200)
  assert.ok(startOf(upstream!) >= endOf(inOrder.at(-1)!))
  assert.ok(endOf(upstream!) - startOf(upstream!) >= 29)
})

test('B-31 the attributes are those of the conventions for MCP, and our own about the decision', async () => {
  const { root } = await traced('tools')
  const { 'sallyport.request_id': requestId, 'sallyport.teamspace_id': teamspaceId, ...rest } = root.attributes
  assert.match(String(requestId), /^[0-9a-f-]{36}$/)
  assert.match(String(teamspaceId), /^[0-9a-f-]{36}$/)
  assert.deepEqual(rest, {
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'http.response.status_code': 200,
    'network.transport': 'tcp',
    'sallyport.server': 'tools',
    'sallyport.decision': 'allowed',
    'sallyport.rule': 'role:developer',
    'sallyport.principal': 'member',
  })
})

test('B-31 a call joins the trace of its headers, and the server behind is told of our span', async () => {
  const { root, children } = await traced('tools', { headers: { traceparent: TRACEPARENT, tracestate: 'a=1, b=2' } })
  assert.equal(root.spanContext().traceId, TRACE_ID)
  assert.equal(root.parentSpanContext?.spanId, 'b7ad6b7169203331')
  const upstream = children.find(({ kind }) => kind === SpanKind.CLIENT)!
  const { headers, body } = gate.upstream.seen.at(-1)!
  assert.equal(headers['traceparent'], `00-${TRACE_ID}-${upstream.spanContext().spanId}-01`)
  assert.equal(headers['tracestate'], 'a=1,b=2')
  assert.equal(body, JSON.stringify(TOOL_CALL), 'the message stays as it is')
})

test('B-31 a call joins the trace of its message when the headers name none, and is linked to it when they do', async () => {
  const params = { ...TOOL_CALL.params, _meta: { traceparent: OTHER_TRACEPARENT } }
  const body = JSON.stringify({ ...TOOL_CALL, params })
  const { root } = await traced('tools', { body })
  assert.equal(root.parentSpanContext?.spanId, '00f067aa0ba902b7')
  assert.equal(gate.upstream.seen.at(-1)!.body, body)

  exporter.reset()
  const both = (await traced('tools', { body, headers: { traceparent: TRACEPARENT } })).root
  assert.equal(both.spanContext().traceId, TRACE_ID)
  assert.deepEqual(
    both.links.map(({ context }) => context.spanId),
    ['00f067aa0ba902b7'],
  )
})

test('B-31 a context that is not as the standard says begins no trace and goes nowhere', async () => {
  const { root } = await traced('tools', {
    headers: { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, tracestate: 'a=1' },
  })
  assert.equal(root.parentSpanContext, undefined)
  assert.equal(gate.upstream.seen.at(-1)!.headers['tracestate'], undefined)
})

test('B-31 a refusal ends at its step and is no error; its target names no span', async () => {
  const refused = await traced('tools', {}, 'nonsense')
  assert.equal(refused.status, 401)
  assert.deepEqual(names(refused.children), ['throttle', 'route', 'authenticate'])
  assert.equal(refused.root.name, 'mcp POST')
  assert.equal(refused.root.status.code, SpanStatusCode.UNSET)
  assert.equal(refused.root.attributes['sallyport.decision'], 'denied')
  assert.equal(refused.root.attributes['sallyport.step'], 'authenticate')

  exporter.reset()
  const mismatched = await traced('tools', { headers: { 'mcp-method': 'tools/list' } })
  assert.equal(mismatched.root.name, 'tools/call')
  assert.equal(mismatched.root.attributes['sallyport.rule'], 'header_mismatch')
})

test('B-31 a fault is an error with its code, in the span of what failed, too', async () => {
  const { root, children } = await traced('gone')
  assert.deepEqual([root.status.code, root.status.message], [SpanStatusCode.ERROR, 'upstream_unreachable'])
  assert.equal(root.attributes['error.type'], 'upstream_unreachable')
  const upstream = children.find(({ kind }) => kind === SpanKind.CLIENT)!
  assert.equal(upstream.status.code, SpanStatusCode.ERROR)
  assert.equal(upstream.attributes['error.type'], 'upstream_unreachable')
})

test('B-31 with a second go through the inner door there are two spans for the server behind', async () => {
  gate.upstream.answerWith((_seen, response) => {
    gate.upstream.answerWith()
    response.writeHead(401).end()
  })
  const { children, status } = await traced('exchanged')
  assert.equal(status, 200)
  const upstream = children.filter(({ kind }) => kind === SpanKind.CLIENT).toSorted((a, b) => startOf(a) - startOf(b))
  assert.deepEqual(
    upstream.map(({ attributes }) => attributes['error.type']),
    ['upstream_refused_credential', undefined],
  )
  assert.equal(children.filter(({ name }) => name === 'exchange').length, 2)
})

test('B-31 the span of a stream ends with the stream, and of one that the caller leaves as well', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  })
  const answer = await gate.call(ada, { url: `${gate.publicUrl}/tools/mcp`, method: 'GET' })
  await sleep(30)
  assert.deepEqual(exporter.getFinishedSpans(), [])
  await answer.body!.cancel()
  const spans = await finished()
  const root = spans.find(isRoot)!
  assert.equal(root.name, 'mcp GET')
  assert.equal(root.status.code, SpanStatusCode.UNSET)
  assert.ok(endOf(root) - startOf(root) >= 29)
  assert.ok(spans.every(({ ended }) => ended))
})

test('B-31 the audit row and the line of the log name the trace', async () => {
  const { root } = await traced('tools')
  const { traceId } = root.spanContext()
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].traceId, traceId)
  assert.ok(gate.logged.some((line) => line.includes('"msg":"call"') && line.includes(traceId)))
})

test('X-50 no span holds a token, an argument, an e-mail address or what hides in the address of a resource', async () => {
  const read = {
    ...TOOL_CALL,
    method: 'resources/read',
    params: { uri: 'https://u:canary@files.example/a?sig=canary' },
  }
  for (const init of [{}, { body: JSON.stringify(read) }, { headers: { 'x-canary': 'canary' } }])
    for (const server of ['tools', 'exchanged', 'gone', 'canary']) {
      await traced(server, init)
      const said = JSON.stringify(
        exporter.getFinishedSpans().map(({ name, attributes, status, events }) => [name, attributes, status, events]),
      )
      assert.doesNotMatch(said, /canary|eyJ|@acme\.example|Bearer/)
      exporter.reset()
    }
})
