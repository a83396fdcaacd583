import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noRefusals } from '../telemetry/door-refusals.ts'
import { createDoorWatch } from './door-watch.ts'

const SETTING = 'limits.rate.refused'

function aWatch() {
  const refusals = noRefusals()
  const lines: object[] = []
  const clock = { at: 1_800_000_000_000 }
  const log = (_message: string, fields: object = {}) => void lines.push(fields)
  return { refusals, lines, clock, watch: createDoorWatch({ door: 'oauth', refusals, now: () => clock.at, log }) }
}

const at = (text: string, ignoredForwarded = false) => ({ text, countedAs: text, ignoredForwarded })

test('an address is named once a minute and limit, and counted each time', () => {
  const { refusals, lines, clock, watch } = aWatch()
  const turnAway = (setting = SETTING) => watch.turnedAway('rate_limited', setting, at('192.0.2.1'))
  for (let i = 0; i < 10; i++) turnAway()
  turnAway('limits.rate.address')
  assert.equal(lines.length, 2)
  clock.at += 60_000
  turnAway()
  assert.equal(lines.length, 3)
  clock.at -= 3_600_000 // put right by an hour
  turnAway()
  assert.equal(lines.length, 4)
  assert.deepEqual(refusals, { attempt_refused: 0, rate_limited: 13, too_many_open_calls: 0, busy: 0 })
})

test('a flood from many addresses fills the counts and not the log', () => {
  const { refusals, lines, watch } = aWatch()
  for (let i = 0; i < 100_000; i++) watch.turnedAway('too_many_open_calls', SETTING, at(`address ${i}`))
  assert.equal(refusals.too_many_open_calls, 100_000)
  assert.equal(lines.length, 100)
})

test('an operator who forgot trustedProxies is told so', () => {
  const { lines, watch } = aWatch()
  watch.turnedAway('rate_limited', SETTING, at('10.0.0.1', true))
  assert.match(JSON.stringify(lines), /trustedProxies/)
})
