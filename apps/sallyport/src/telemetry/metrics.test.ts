import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMetrics } from '../../../../test/support/metrics-text.ts'
import { createCallTelemetry } from './call-telemetry.ts'
import type { EndedCall } from './ended-call.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'

const sources = { audit: { queued: 3, dropped: 4 }, isReady: () => Promise.resolve(false) }
const pageOf = async (metrics: Metrics) => parseMetrics(await metrics.toText(sources))

const ended = (about: Partial<EndedCall>): EndedCall => ({
  requestId: 'r',
  at: 0,
  startedAt: performance.now(),
  decision: 'allowed',
  rule: 'role:developer',
  status: 200,
  durationMs: 1,
  ...about,
})

test('B-31 a code that no table knows is counted as other, however many there are', async () => {
  const metrics = createMetrics()
  const telemetry = createCallTelemetry({ metrics, logCall: () => undefined })
  const sizes: number[] = []
  for (let n = 0; n < 10_000; n++) {
    telemetry.ended(ended({ decision: n % 2 ? 'denied' : 'fault', rule: `made-up-${n}`, target: `tool-${n}` }))
    if (n === 10 || n === 9_999) sizes.push((await pageOf(metrics)).samples.size)
  }
  assert.ok(Math.abs(sizes[0]! - sizes[1]!) < 20, `${sizes}`) // kinds of garbage collection come and go
  const page = await pageOf(metrics)
  assert.equal(page.value('sallyport_calls_total{server="none",decision="denied",code="other"}'), 5_000)
  assert.equal(page.value('sallyport_calls_total{server="none",decision="allowed",code="ok"}'), 0)
})

test('B-31 a duration is in the bucket whose bound it does not exceed, and in all above', async () => {
  const metrics = createMetrics()
  const { calls } = metrics.tallyOf('tools')
  for (const seconds of [0.001, 0.0011, 59, 3600]) calls.observe(seconds)
  const page = await pageOf(metrics)
  const bucket = (le: string) => page.value(`sallyport_call_duration_seconds_bucket{server="tools",le="${le}"}`)
  assert.deepEqual(['0.001', '0.0025', '30', '60', '+Inf'].map(bucket), [1, 2, 2, 3, 4])
  assert.ok(Math.abs(page.value('sallyport_call_duration_seconds_sum{server="tools"}') - 3659.0021) < 1e-6)
})

test('B-31 what a scrape says of the moment is asked at the scrape', async () => {
  const metrics = createMetrics()
  const page = await pageOf(metrics)
  assert.equal(page.value('sallyport_ready'), 0)
  assert.equal(page.value('sallyport_audit_queued'), 3)
  assert.equal(page.value('sallyport_audit_dropped_total'), 4)
  assert.equal(
    parseMetrics(await metrics.toText({ ...sources, isReady: async () => true })).value('sallyport_ready'),
    1,
  )
})

test('B-31 a server of two configurations has the open calls of both, and its mode is of the later', async () => {
  const metrics = createMetrics()
  const serve = (open: number, mode: string) =>
    metrics.serve({ servers: [{ name: 'tools', modes: [mode] }], pools: new Map([['tools', { open }]]) })
  const stop = serve(2, 'Token')
  serve(3, 'None')
  const both = await pageOf(metrics)
  assert.equal(both.value('sallyport_open_calls{server="tools"}'), 5)
  assert.equal(both.samples.has('sallyport_auth_mode{server="tools",mode="Token"}'), false)
  stop()
  assert.equal((await pageOf(metrics)).value('sallyport_open_calls{server="tools"}'), 3)
})
