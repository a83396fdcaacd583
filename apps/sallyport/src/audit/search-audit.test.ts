import assert from 'node:assert/strict'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Store } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import type { NewAuditRow } from './audit-chain.ts'
import { searchAudit } from './search-audit.ts'
import type { AuditPage, AuditQuery } from './search-audit.ts'

const START = Date.UTC(2026, 4, 6, 8)
const ACME = 'acme-id'
const MEMBER = '0190a000-0000-7000-8000-00000000cafe'

/** Of a time, as real ids are. */
const idAt = (at: number, number: number) => {
  const hex = at.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}

function rowOf(number: number, event: object, more: Partial<NewAuditRow> = {}): NewAuditRow {
  const at = START + number * 1000
  return {
    teamspace_id: ACME,
    id: idAt(at, number),
    kind: 'call',
    at,
    event: JSON.stringify({
      decision: 'allowed',
      rule: 'allow members',
      server: 'findings',
      target: 'search',
      ...event,
    }),
    ...more,
  }
}

const write = (store: Store, rows: readonly NewAuditRow[]) =>
  store.transaction(({ db }) => auditChainOf(store).append(db, rows))

const find = (store: Store, query: Partial<AuditQuery>) =>
  searchAudit(store, { teamspaceId: ACME, limit: 100, ...query })
const numbersOf = ({ events }: AuditPage) => events.map(({ at }) => (at - START) / 1000)

const EVENTS: Readonly<Record<number, object>> = {
  3: { decision: 'denied', rule: 'call_forbidden', target: 'export_findings', email: 'Ada@Acme.example' },
  7: { decision: 'fault', rule: 'upstream_timeout', server: 'scanner' },
  11: { memberId: MEMBER, email: 'jürgen@acme.example' },
  12: { detail: { decision: 'denied', nested: '"server":"scanner"' } },
  15: { rule: 'a "quoted" rule', target: 'C:\\tools' },
}

async function filled(store: Store, count = 20): Promise<void> {
  const rows = Array.from({ length: count }, (_, number) => rowOf(number, EVENTS[number] ?? {}))
  rows[5] = rowOf(5, {}, { kind: 'admin', event: JSON.stringify({ actor: 'ada@acme.example', action: 'policy.set' }) })
  await write(store, rows)
  await write(store, [
    rowOf(
      9,
      { decision: 'denied', rule: 'call_forbidden' },
      { teamspace_id: 'globex-id', id: idAt(START + 9000, 999) },
    ),
  ])
}

forEachStore('the audit trail is searched by each of its members, exactly', async (_t, open) => {
  const store = await open()
  await filled(store)
  const cases: [Partial<AuditQuery>, number[]][] = [
    [{ decision: 'denied' }, [3]],
    [{ decision: 'fault' }, [7]],
    [{ rule: 'upstream_timeout' }, [7]],
    [{ rule: 'upstream' }, []],
    [{ rule: 'a "quoted" rule' }, [15]],
    [{ server: 'scanner' }, [7]],
    [{ target: 'C:\\tools' }, [15]],
    [{ target: 'export_findings', decision: 'denied' }, [3]],
    [{ target: 'export_findings', decision: 'allowed' }, []],
    [{ member: MEMBER }, [11]],
    [{ email: 'ADA@' }, [5, 3]],
    [{ email: 'JÜRGEN' }, [11]],
    [{ kind: 'admin' }, [5]],
    [{ kind: 'attempt' }, []],
    [{ text: 'POLICY.set' }, [5]],
    [{ text: 'Jürgen' }, [11]],
    [{ text: '%' }, []],
    [{ from: START + 17_000 }, [19, 18, 17]],
    [{ until: START + 3_000 }, [2, 1, 0]],
    [{ from: START + 6_000, until: START + 8_000 }, [7, 6]],
    [{ from: START + 60_000 }, []],
    [{ until: START - 1 }, []],
  ]
  for (const [query, expected] of cases) {
    assert.deepEqual(numbersOf(await find(store, query)), expected, JSON.stringify(query))
    const everywhere = numbersOf(await find(store, { ...query, teamspaceId: undefined }))
    assert.deepEqual(
      everywhere.filter((number) => number !== 9),
      expected.filter((number) => number !== 9),
      JSON.stringify(query),
    )
  }
  assert.deepEqual(numbersOf(await find(store, { teamspaceId: undefined, rule: 'call_forbidden' })), [9, 3])
})

forEachStore('pages lead to the end of the trail in both directions, and nothing is left out', async (_t, open) => {
  const store = await open()
  await filled(store)
  for (const teamspaceId of [ACME, undefined]) {
    const first = await find(store, { teamspaceId, limit: 8 })
    const seen = numbersOf(first)
    for (let page = first; page.older !== undefined;) {
      page = await find(store, { teamspaceId, limit: 8, before: page.older })
      seen.push(...numbersOf(page))
    }
    assert.deepEqual(
      [...new Set(seen)],
      Array.from({ length: 20 }, (_, number) => 19 - number),
    )

    const behind = await find(store, { teamspaceId, after: idAt(START + 3_000, 3), limit: 4 })
    assert.deepEqual([numbersOf(behind), behind.more], [[7, 6, 5, 4], true])
    assert.deepEqual(
      numbersOf(await find(store, { teamspaceId, after: behind.newer, limit: 2, server: 'findings' })).at(-1),
      8,
    )
    const nothing = await find(store, { teamspaceId, after: first.newer })
    assert.deepEqual(nothing, { events: [], newer: first.newer, more: false })
  }
})

forEachStore('following live tells of what comes, also when what came was not looked for', async (_t, open) => {
  const store = await open()
  await filled(store)
  const { newer } = await find(store, { decision: 'denied' })
  await write(store, [rowOf(30, {}), rowOf(31, {})])
  const first = await find(store, { decision: 'denied', after: newer })
  assert.deepEqual(numbersOf(first), [])
  assert.equal(first.newer, idAt(START + 31_000, 31))
  await write(store, [rowOf(32, { decision: 'denied' })])
  assert.deepEqual(numbersOf(await find(store, { decision: 'denied', after: first.newer })), [32])
})

forEachStore('however long the trail, a request looks at so many rows and says where to go on', async (_t, open) => {
  const store = await open()
  await write(store, [rowOf(0, { decision: 'denied', email: 'jürgen@acme.example' })])
  for (let start = 1; start < 30_000; start += 5_000)
    await write(
      store,
      Array.from({ length: 5_000 }, (_, index) => rowOf(start + index, {})),
    )
  for (const query of [{ decision: 'denied' }, { email: 'jürgen' }] as const) {
    for (const teamspaceId of [ACME, undefined]) {
      let page = await find(store, { ...query, teamspaceId })
      let requests = 1
      for (; page.events.length === 0 && page.older !== undefined; requests += 1)
        page = await find(store, { ...query, teamspaceId, before: page.older })
      assert.deepEqual(numbersOf(page), [0])
      assert.ok(requests === ('email' in query ? 8 : 2), `${requests} requests`)
    }
  }
  // A time is found without looking at what lies between.
  assert.deepEqual(numbersOf(await find(store, { until: START + 2_000, decision: 'denied' })), [0])
  assert.equal((await find(store, { from: START + 29_990_000, until: START + 29_995_000 })).events.length, 5)
})

forEachStore(
  'a row that is not there leads nowhere, and a row that nobody can read is shown as it is',
  async (_t, open) => {
    const store = await open()
    assert.deepEqual(await find(store, {}), { events: [] })
    await write(store, [rowOf(1, {}, { event: 'nonsense' })])
    assert.deepEqual(await find(store, { before: MEMBER }), { events: [] })
    assert.deepEqual(
      (await find(store, {})).events.map((event) => event['unreadable']),
      ['nonsense'],
    )
    assert.deepEqual((await find(store, { decision: 'denied' })).events, [])
  },
)
