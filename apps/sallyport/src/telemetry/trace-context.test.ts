import assert from 'node:assert/strict'
import { test } from 'node:test'
import { takeHeaderContext, takeMetaContext } from './take-context.ts'
import { parseTraceContext, toTraceparent } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const parse = (traceparent: unknown, tracestate?: unknown) => parseTraceContext(traceparent, tracestate)

test('B-31 a traceparent goes on as it came, but for flags that nobody knows (Trace Context §3.2.2)', () => {
  for (const flags of ['00', '01']) {
    const written = `00-${TRACE}-${SPAN}-${flags}`
    assert.equal(toTraceparent(parse(written)!), written)
  }
  assert.equal(toTraceparent(parse(`00-${TRACE}-${SPAN}-ff`)!), `00-${TRACE}-${SPAN}-01`)
})

test('B-31 a later version is read as far as it is known (§3.2.2.1)', () => {
  assert.equal(parse(`cc-${TRACE}-${SPAN}-01-what-comes`)?.traceId, TRACE)
  assert.equal(parse(`cc-${TRACE}-${SPAN}-01`)?.spanId, SPAN)
  assert.equal(parse(`cc-${TRACE}-${SPAN}-01what-comes`), undefined)
})

for (const wrong of [
  undefined,
  7,
  ['00'],
  '',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-0g`,
  `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\r\nx: y`,
  `cc-${TRACE}-${SPAN}-01-${'x'.repeat(200)}`,
]) {
  test(`B-31 ${JSON.stringify(wrong)?.slice(0, 90)} is no context`, () => assert.equal(parse(wrong, 'a=1'), undefined))
}

const stateOf = (tracestate: unknown) => parse(`00-${TRACE}-${SPAN}-01`, tracestate)?.state

test('B-31 a tracestate goes on whole or not at all, and a wrong one takes nothing else along (§3.3)', () => {
  assert.equal(stateOf('rojo=00f067aa0ba902b7, ,congo@sys=t61 rcWk'), 'rojo=00f067aa0ba902b7,congo@sys=t61 rcWk')
  const many = Array.from({ length: 33 }, (_, index) => `k${index}=1`)
  for (const wrong of [
    'a',
    '=1',
    'a=',
    'A=1',
    'a=1,a=2',
    'a=1=2',
    'a=\u00e9',
    'a=1\r\nb: 2',
    many.join(','),
    `a=${'x'.repeat(520)}`,
    '',
  ])
    assert.equal(stateOf(wrong), undefined, wrong)
  assert.equal(stateOf(many.slice(1).join(',')), many.slice(1).join(','))
})

test('B-31 the headers say what a call belongs to; its message does when they do not', () => {
  const other = `00-${SPAN}${SPAN}-00f067aa0ba902b7-00`
  const meta = { _meta: { traceparent: other, tracestate: 'b=2' } }
  const record = () => ({ startedAt: 0 }) as Parameters<typeof takeMetaContext>[0]

  const both = record()
  takeHeaderContext(both, { traceparent: `00-${TRACE}-${SPAN}-01` })
  takeMetaContext(both, meta)
  assert.deepEqual([both.traceId, both.linkedContext?.traceId], [TRACE, SPAN + SPAN])

  const wrong = record()
  takeHeaderContext(wrong, { traceparent: 'wrong' })
  takeMetaContext(wrong, meta)
  assert.deepEqual([wrong.traceId, wrong.traceContext?.state, wrong.linkedContext], [SPAN + SPAN, 'b=2', undefined])

  for (const params of [undefined, {}, { _meta: [] }, { _meta: { traceparent: 7 } }, { _meta: 'x' }]) {
    const none = record()
    takeMetaContext(none, params)
    assert.equal(none.traceContext, undefined)
  }
})
