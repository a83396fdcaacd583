import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Store } from '../store/store.ts'
import { quantile } from './buckets.ts'
import { createCallStatistics } from './call-statistics.ts'
import type { CallStatisticsOptions } from './call-statistics.ts'
import type { CountedCall } from './minute-counts.ts'
import { readOverview } from './overview.ts'
import { pruneCounts } from './prune-counts.ts'
import { rangeAt } from './range.ts'
import { countWriter } from './write-counts.ts'

const NOW = Date.UTC(2026, 4, 6, 12, 30, 20)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type More = { [Member in keyof CountedCall]?: CountedCall[Member] | undefined }

const allowed = (more: More = {}): CountedCall => ({
  at: NOW,
  teamspaceId: 'acme',
  server: 'findings',
  rpcMethod: 'tools/call',
  target: 'search',
  decision: 'allowed',
  rule: 'allow members',
  ...(more as Partial<CountedCall>),
})

const refused = (rule: string, more: More = {}) => allowed({ decision: 'denied', rule, ...more })

function statisticsOf(store: Store, more: Partial<CallStatisticsOptions> = {}) {
  const logged: string[] = []
  const log = (message: string) => void logged.push(message)
  return { logged, statistics: createCallStatistics({ store, now: () => NOW, log, flushEveryMs: 1e6, ...more }) }
}

const overviewOf = (store: Store, teamspaceId: string, range: '1h' | '24h' | '7d' | '30d' = '1h', now = NOW) =>
  readOverview(store.db, teamspaceId, rangeAt(range, now))

forEachStore('calls are counted by outcome, server and tool, in each range alike', async (_t, open) => {
  const store = await open()
  const { statistics } = statisticsOf(store)
  for (let call = 0; call < 8; call += 1) statistics.count(allowed(), 12, 0.4)
  statistics.count(allowed({ target: 'export', server: 'scanner' }), 40, 0.4)
  statistics.count(refused('call_forbidden', { target: 'export' }), 1, 0.9)
  statistics.count(allowed({ decision: 'fault', rule: 'upstream_timeout' }), 30_000, 0.4)
  statistics.count(refused('token_missing', { teamspaceId: undefined, rpcMethod: undefined, target: undefined }), 1, 1)
  await statistics.flush()
  for (const range of ['1h', '24h', '7d', '30d'] as const) {
    const acme = await overviewOf(store, 'acme', range)
    const { calls, denied, faults, p50, p99, gateP50 } = acme.totals
    assert.deepEqual({ calls, denied, faults }, { calls: 11, denied: 1, faults: 1 })
    assert.ok(p50! > 10 && p50! <= 15 && p99! > 20_000 && gateP50! <= 0.5, `${p50} ${p99} ${gateP50}`)
    assert.deepEqual(acme.tools[0], { server: 'findings', tool: 'search', calls: 9, denied: 0, faults: 1 })
    assert.deepEqual(
      acme.servers.map(({ server, calls }) => [server, calls]),
      [
        ['findings', 10],
        ['scanner', 1],
      ],
    )
    assert.deepEqual(
      acme.refusals.map(({ code, decision }) => [code, decision]),
      [
        ['call_forbidden', 'denied'],
        ['upstream_timeout', 'fault'],
      ],
    )
    assert.ok(acme.refusals.every(({ says }) => says.length > 10))
    assert.equal(
      acme.series.calls.reduce((sum, count) => sum + count),
      11,
    )
    assert.equal(acme.series.calls.at(-1), 11)
    assert.equal(acme.series.codes['call_forbidden']?.at(-1), 1)
    assert.equal(acme.previous.calls, 0)
    assert.equal((await overviewOf(store, '*', range)).totals.calls, 12, 'all together')
    assert.equal((await overviewOf(store, 'globex', range)).totals.calls, 0)
  }
  await statistics.close()
})

forEachStore('a call counts when it began, and the time before is there to compare with', async (_t, open) => {
  const store = await open()
  const { statistics } = statisticsOf(store)
  statistics.count(allowed({ at: NOW - 5 * MINUTE }), 1, 1)
  statistics.count(allowed({ at: NOW - 59 * MINUTE }), 1, 1)
  statistics.count(allowed({ at: NOW - 61 * MINUTE }), 1, 1)
  statistics.count(allowed({ at: NOW - 26 * HOUR }), 1, 1)
  statistics.count(allowed({ at: NOW - 8 * DAY }), 1, 1)
  await statistics.flush()
  const hour = await overviewOf(store, 'acme')
  assert.equal(hour.series.calls[60 - 1 - 5], 1)
  assert.deepEqual([hour.totals.calls, hour.previous.calls], [2, 1])
  const counts = async (range: '24h' | '7d' | '30d') => {
    const { totals, previous } = await overviewOf(store, 'acme', range)
    return [totals.calls, previous.calls]
  }
  assert.deepEqual(await counts('24h'), [3, 1])
  assert.deepEqual(await counts('7d'), [4, 1])
  assert.deepEqual(await counts('30d'), [5, 0])
  await statistics.close()
})

forEachStore('several Sallyports add to the same numbers', async (_t, open) => {
  const store = await open()
  const replicas = Array.from({ length: 4 }, () => statisticsOf(store).statistics)
  await Promise.all(
    replicas.map(async (statistics) => {
      for (let round = 0; round < 5; round += 1) {
        for (let call = 0; call < 10; call += 1) statistics.count(allowed({ target: `tool-${call}` }), 1, 1)
        await statistics.flush()
      }
    }),
  )
  const { totals, tools } = await overviewOf(store, 'acme')
  assert.equal(totals.calls, 200)
  assert.ok(tools.length === 10 && tools.every(({ calls }) => calls === 20))
  await Promise.all(replicas.map((statistics) => statistics.close()))
})

forEachStore('what could not be written is written later, and a lost answer adds nothing twice', async (_t, open) => {
  const store = await open()
  const write = countWriter(store)
  const failures = ['before', 'after']
  const { statistics, logged } = statisticsOf(store, {
    write: async (batch, at) => {
      const failure = failures.shift()
      if (failure === 'before') throw new Error('the database is away')
      await write(batch, at)
      if (failure === 'after') throw new Error('the connection was lost')
    },
  })
  statistics.count(allowed(), 1, 1)
  await assert.rejects(statistics.flush(), /away/)
  statistics.count(allowed(), 1, 1)
  await assert.rejects(statistics.flush(), /lost/)
  await statistics.flush()
  assert.equal((await overviewOf(store, 'acme')).totals.calls, 2)
  assert.equal(logged.length, 2)
  await statistics.close()
})

forEachStore('names that callers choose are bounded in memory, in an hour and in length', async (_t, open) => {
  const store = await open()
  const { statistics } = statisticsOf(store)
  for (let round = 0; round < 3; round += 1) {
    for (let call = 0; call < 400; call += 1)
      statistics.count(refused('tool_unknown', { target: `made-up-${round}-${call}` }), 1, 1)
    statistics.count(refused('tool_unknown', { target: 'x'.repeat(500) }), 1, 1)
    for (let call = 0; call < 3; call += 1) statistics.count(allowed({ at: NOW - call * MINUTE }), 1, 1)
    await statistics.flush()
  }
  const rows = await store.db
    .selectFrom('call_count')
    .selectAll()
    .where('dimension', '=', 'tool')
    .where('teamspace_id', '=', 'acme')
    .where('span', '=', 8 * 3600)
    .execute()
  assert.equal(rows.length, 51, 'fifty names, of which one was let through, and the rest')
  assert.equal(
    rows.reduce((sum, { calls }) => sum + calls, 0),
    3 * 404,
  )
  assert.equal(rows.find(({ name }) => name === 'search')?.calls, 9)
  assert.ok(rows.every(({ name }) => name.length <= 128))
  await statistics.close()
})

test('while the database takes nothing, so much is kept in memory and the rest is counted as dropped', async () => {
  const { statistics, logged } = statisticsOf({} as Store, {
    maxHeld: 10,
    write: () => Promise.reject(new Error('away')),
    closeWaitMs: 10,
  })
  // A store is asked for nothing here: its writer is given.
  for (let minute = 0; minute < 30; minute += 1)
    for (let call = 0; call < 2; call += 1) statistics.count(allowed({ at: NOW - minute * MINUTE }), 1, 1)
  assert.equal(statistics.dropped, 40)
  assert.equal(logged.length, 1)
  await statistics.close()
})

forEachStore(
  'old spans go, the short ones first, and so does what belonged to a teamspace that is gone',
  async (_t, open) => {
    const store = await open()
    await store.db
      .insertInto('teamspace')
      .values({ id: 'acme', slug: 'acme', name: 'Acme', created_at: NOW } as never)
      .execute()
    const { statistics } = statisticsOf(store)
    statistics.count(allowed(), 1, 1)
    statistics.count(allowed({ teamspaceId: 'gone' }), 1, 1)
    await statistics.flush()
    await pruneCounts(store, NOW)
    assert.equal((await overviewOf(store, 'acme')).totals.calls, 1)
    assert.equal((await overviewOf(store, '*')).totals.calls, 2)
    assert.equal((await overviewOf(store, 'gone')).totals.calls, 0)
    await pruneCounts(store, NOW + 3 * DAY)
    assert.equal((await overviewOf(store, 'acme')).totals.calls, 0)
    assert.equal((await overviewOf(store, 'acme', '30d')).totals.calls, 1)
    await pruneCounts(store, NOW + 91 * DAY)
    assert.deepEqual(await store.db.selectFrom('call_count').selectAll().execute(), [])
    assert.deepEqual(await store.db.selectFrom('call_count_writer').selectAll().execute(), [])
    await statistics.close()
  },
)

test('a quantile lies in the bucket where it belongs, and there is none of nothing', () => {
  assert.equal(quantile([], 0.5), null)
  const one = new Float64Array(40)
  one[5] = 100 // between 0.75 and 1
  assert.equal(quantile(one, 0.5), 0.875)
  one[33] = 100 // beyond the last bound
  assert.equal(quantile(one, 0.99), 60_000)
})
