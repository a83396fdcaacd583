import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareConformance, compareResults } from './compare.ts'
import type { Check, Requirements } from './run-suite.ts'
import { startTokenShim } from './token-shim.ts'
import { startUpstream } from './upstream.ts'

// The tasks extension is the only part of the suite that the fixtures leave out.
const atLeast: Record<Requirements, number> = { '2025-11-25': 75, '2026-07-28': 130 }

// Side by side, so each has an upstream of its own: see `compareConformance`.
describe('the fixtures', { concurrency: true }, () => {
  for (const requirements of ['2025-11-25', '2026-07-28'] as const) {
    test(`pass what ${requirements} requires, and the shim in front changes nothing`, async (t) => {
      const upstream = await startUpstream()
      const shim = await startTokenShim({ target: upstream.url, accessToken: () => 'not-looked-at' })
      t.after(async () => {
        await shim.close()
        await upstream.close()
      })
      const comparison = await compareConformance({ direct: upstream.url, through: shim.url, requirements })
      assert.deepEqual(comparison.worse, [])
      assert.deepEqual(comparison.better, [])
      const core = comparison.checks.filter(({ scenario }) => !scenario.startsWith('tasks-'))
      assert.deepEqual(
        core.filter(({ direct }) => direct?.status !== 'SUCCESS'),
        [],
      )
      assert.ok(core.length >= atLeast[requirements], `only ${core.length} checks ran`)
    })
  }
})

test('a check that fails, warns or is missing on the way is worse, and the reverse is better', () => {
  const results = (checks: Record<string, Check>) => new Map([['scenario', new Map(Object.entries(checks))]])
  const good: Check = { status: 'SUCCESS' }
  const direct = results({ a: good, b: good, c: good, d: { status: 'FAILURE' }, e: { status: 'WARNING' } })
  const through = results({ a: good, b: { status: 'WARNING' }, d: good, e: { status: 'WARNING' } })
  const { same, worse, better } = compareResults(direct, through)
  assert.deepEqual(
    [same, worse, better].map((checks) => checks.map(({ id }) => id)),
    [['a', 'e'], ['b', 'c'], ['d']],
  )
})

test('a scenario that was lost on the way is worse in each of its checks', () => {
  const direct = new Map([['scenario', new Map<string, Check>([['a', { status: 'SUCCESS' }]])]])
  assert.equal(compareResults(direct, new Map()).worse.length, 1)
})
