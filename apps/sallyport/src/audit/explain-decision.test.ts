import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallEvent } from './audit-event.ts'
import { fromCall, toEntry } from './audit-row.ts'
import { explainDecision } from './explain-decision.ts'

const REFUSED = { requestId: 'r', at: 0, decision: 'denied', status: 429, durationMs: 1 } as const

const explain = (event: Partial<CallEvent> & Pick<CallEvent, 'rule'>) =>
  explainDecision({ call: toEntry(fromCall({ ...REFUSED, ...event })), attempt: undefined })

test('S2G-05 the step is the one where the call ended, also for a code that several steps can decide', () => {
  const ends = [
    ['rate_limited', 'throttle'],
    ['rate_limited', 'limit'],
    ['member_unknown', 'readmit'],
    ['scope_insufficient', 'authenticate'],
    ['scope_insufficient', 'authorize'],
  ] as const
  for (const [rule, step] of ends) assert.equal(explain({ rule, step })?.step, step)
  const gone = { rule: 'client_gone', decision: 'fault', status: 0 } as const
  assert.equal(explain({ ...gone, step: 'exchange' })?.step, 'exchange')
})

test('a row that does not say where its call ended is explained without a step', () => {
  const view = explain({ rule: 'member_unknown' })
  assert.deepEqual([view?.step, view?.fix], [undefined, 'sallyport member add'])
})
