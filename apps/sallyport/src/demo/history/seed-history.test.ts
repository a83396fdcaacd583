import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshFile, TEST_SEALING_KEY } from '../../../../../test/support/each-store.ts'
import { listChains } from '../../audit/list-chains.ts'
import { verifyChainPage } from '../../audit/verify-chain.ts'
import { ALL_TEAMSPACES } from '../../statistics/call-count.table.ts'
import { readOverview } from '../../statistics/overview.ts'
import { rangeAt } from '../../statistics/range.ts'
import { openStore } from '../../store/store.ts'
import type { Store } from '../../store/store.ts'
import { createTeamspace } from '../../teamspaces/create-teamspace.ts'
import { loadDemoDirectory } from '../demo-directory.ts'
import { DEMO_POLICY } from '../demo-policy.ts'
import { seedHistory } from './seed-history.ts'

const NOW = new Date(2026, 10, 18, 11, 40).getTime() // a Wednesday, by whatever clock
const CLOUDS = { emulator: { authority: 'http://127.0.0.1:9', graph: 'http://127.0.0.1:9/graph' } } as never
const fail = (message: string) => assert.fail(message)

const TEST_KEYS = { sealingKey: TEST_SEALING_KEY }

async function withPast(t: TestContext): Promise<{ store: Store; tookMs: number; startAgain(): Promise<Store> }> {
  const { url, drop } = await freshFile()
  const { tenants } = await loadDemoDirectory()
  const seed = () => seedHistory({ database: url, clouds: CLOUDS, ...TEST_KEYS }, tenants, { now: NOW, log: fail })
  const startedAt = performance.now()
  await seed()
  const tookMs = performance.now() - startedAt
  let store = await openStore({ url, ...TEST_KEYS })
  t.after(async () => {
    await store.close()
    await drop()
  })
  const startAgain = async () => {
    await store.close()
    await seed()
    return (store = await openStore({ url, ...TEST_KEYS }))
  }
  return { store, tookMs, startAgain }
}

async function isWhole(store: Store, teamspaceId: string): Promise<boolean> {
  for (let after = { seq: 0, hash: '' }; ;) {
    const page = await verifyChainPage(store, teamspaceId, { after, limit: 1_000 })
    if (page.isWhole || page.problem) return page.isWhole
    after = page.place
  }
}

test('the demo begins with a past that the audit trail, its chains and the statistics tell alike', async (t) => {
  const { store, tookMs } = await withPast(t)
  assert.ok(tookMs < 15_000, `${tookMs} ms`)
  const rows = await store.db.selectFrom('audit').selectAll().orderBy('teamspace_id').orderBy('seq').execute()
  const calls = rows.filter(({ kind }) => kind === 'call')
  assert.ok(calls.length > 3_500 && calls.length < 9_000, `${calls.length} calls`)
  assert.ok(rows.every(({ at }) => at <= NOW && at > NOW - 22 * 86_400_000))
  const [tools] = await store.db
    .selectFrom('server_tool')
    .select((row) => row.fn.countAll().as('known'))
    .execute()
  assert.equal(Number(tools!.known), 2 * 2 * 12, 'twelve tools of two servers, in both teamspaces')
  const chains = await listChains(store, { limit: 10 })
  assert.equal(chains.length, 3)
  for (const { teamspaceId } of chains) assert.ok(await isWhole(store, teamspaceId))
  for (const [, chain] of Map.groupBy(rows, (row) => row.teamspace_id))
    assert.ok(
      chain.every(({ at }, index) => index === 0 || at >= chain[index - 1]!.at),
      'in the order of time',
    )
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)

  const { totals, refusals, series } = await readOverview(store.db, ALL_TEAMSPACES, rangeAt('30d', NOW))
  assert.equal(totals.calls, calls.length)
  assert.ok(refusals.length >= 7, JSON.stringify(refusals))
  for (const { code, calls: count } of refusals)
    assert.equal(count, calls.filter(({ event }) => (JSON.parse(event) as { rule: string }).rule === code).length)
  const incidents = series.faults.filter((count) => count > 8).length
  assert.ok(incidents === 1 || incidents === 2, 'an incident can be seen')
  const range = rangeAt('1h', NOW)
  const hour = await readOverview(store.db, ALL_TEAMSPACES, range)
  assert.ok(hour.totals.calls > 0)
  assert.equal(hour.totals.calls, calls.filter(({ at }) => at >= range.from).length)
  assert.doesNotMatch(rows.map(({ event }) => event).join('\n'), /mcpt_[\w-]{20}|eyJ|"secret":"/)
})

test('what the past left behind is what it says: members by source, tokens with their last use, the policy', async (t) => {
  const { store } = await withPast(t)
  const sources = await store.db.selectFrom('identity_source').select('source').distinct().execute()
  assert.deepEqual(sources.map(({ source }) => source).sort(), ['csv', 'group_sync', 'jit', 'manual'])
  const tokens = await store.db.selectFrom('mcp_token').selectAll().execute()
  assert.ok(tokens.every(({ last_used_at: at }) => at !== null && at < NOW))
  assert.equal(tokens.filter(({ revoked_at: at }) => at !== null).length, 1)
  const policies = await store.db.selectFrom('policy').selectAll().execute()
  assert.deepEqual(
    policies.map(({ document }) => JSON.parse(document)),
    [DEMO_POLICY],
  )
})

test('the past happens once, whatever was removed since', async (t) => {
  const { store, startAgain } = await withPast(t)
  await store.db.deleteFrom('mcp_token').execute()
  await store.db.deleteFrom('teamspace').execute()
  const again = await startAgain()
  assert.deepEqual(await again.db.selectFrom('teamspace').selectAll().execute(), [])
})

test('a demo of before there was a past is left as it is', async (t) => {
  const { url, drop } = await freshFile()
  t.after(drop)
  const before = await openStore({ url, ...TEST_KEYS })
  await createTeamspace({ store: before, actor: 'operator', now: () => NOW }, { slug: 'acme', name: 'Acme' })
  await before.close()
  const { tenants } = await loadDemoDirectory()
  await seedHistory({ database: url, clouds: CLOUDS, ...TEST_KEYS }, tenants, { now: NOW, log: fail })
  const store = await openStore({ url, ...TEST_KEYS })
  t.after(() => store.close())
  assert.equal((await store.db.selectFrom('audit').selectAll().execute()).length, 1)
})
