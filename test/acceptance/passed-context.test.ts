import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`
const BAGGAGE = 'user=ada,plan=free'

async function start(t: { after(fn: () => Promise<void>): void }, settings = '') {
  const gate = await startGate({ servers: NO_CREDENTIAL, settings })
  t.after(() => gate.close())
  const ada = await gate.tokenFor(ACME.ada.email)
  return {
    gate,
    async sent(headers: Record<string, string>, body?: string) {
      const answer = await gate.call(ada, { headers, ...(body !== undefined && { body }) })
      assert.equal(answer.status, 200, await answer.text())
      const { headers: seen } = gate.upstream.seen.at(-1)!
      return [seen['traceparent'], seen['tracestate'], seen['baggage']]
    },
  }
}

test('B-31 without traces of our own a valid context passes as it came, an invalid one does not, and baggage never', async (t) => {
  const { gate, sent } = await start(t)
  assert.deepEqual(await sent({}), [undefined, undefined, undefined])
  assert.deepEqual(await sent({ traceparent: TRACEPARENT, tracestate: 'a=1', baggage: BAGGAGE }), [
    TRACEPARENT,
    'a=1',
    undefined,
  ])
  assert.deepEqual(await sent({ traceparent: TRACEPARENT, tracestate: 'not a state' }), [
    TRACEPARENT,
    undefined,
    undefined,
  ])
  assert.deepEqual(await sent({ traceparent: `${TRACEPARENT}x`, tracestate: 'a=1' }), [undefined, undefined, undefined])
  assert.deepEqual(await sent({ tracestate: 'a=1' }), [undefined, undefined, undefined])

  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'ping',
    params: { _meta: { traceparent: TRACEPARENT } },
  })
  assert.deepEqual(await sent({}, body), [TRACEPARENT, undefined, undefined])
  assert.equal(gate.upstream.seen.at(-1)!.body, body)

  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].traceId, TRACE_ID)
})

test('B-31 baggage passes for whoever asks for it, and not beyond its bounds', async (t) => {
  const { sent } = await start(t, 'telemetry: { forwardBaggage: true }\n')
  assert.equal((await sent({ baggage: BAGGAGE }))[2], BAGGAGE)
  assert.equal((await sent({ baggage: `a=${'x'.repeat(8192)}` }))[2], undefined)
})
