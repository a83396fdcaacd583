import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachStore, TEST_SEALING_KEY } from '../../../../test/support/each-store.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { auditChainOf, BROKEN } from './audit-chain.ts'
import type { NewAuditRow } from './audit-chain.ts'
import { nextAuditId } from './audit-id.ts'
import { hashRow, sealHead } from './chain-hash.ts'
import type { ChainPage, ChainPlace } from './verify-chain.ts'
import { verifyChainPage } from './verify-chain.ts'

const AT = 1_800_000_000_000

const row = (teamspace_id: string, note = ''): NewAuditRow => ({
  teamspace_id,
  id: nextAuditId(AT),
  kind: 'call',
  at: AT,
  event: JSON.stringify({ decision: 'allowed', rule: 'member', note }),
})

const append = (store: Store, rows: readonly NewAuditRow[], again = false) =>
  store.transaction((tx) => auditChainOf(store).append(tx.db, rows, { again }))

/** All of a chain, in pages of `limit`. */
async function verify(store: Store, teamspaceId: string, limit = 3): Promise<ChainPage> {
  let after: ChainPlace | undefined
  for (;;) {
    const page = await verifyChainPage(store, teamspaceId, { limit, ...(after && { after }) })
    if (page.problem || page.isWhole) return page
    after = page.place
  }
}

/** Three chains, written together: `a` of ten rows, `b` of ten, and that of no teamspace. */
async function written(open: () => Promise<Store>): Promise<Store> {
  const store = await open()
  const rows = Array.from({ length: 10 }, (_, index) => [row('a', `${index}`), row('b', `${index}`), row('')])
  await append(store, rows.flat())
  for (const id of ['a', 'b', '']) assert.deepEqual(await verify(store, id).then(outcomeOf), { seq: 10, whole: true })
  return store
}

const outcomeOf = ({ place, isWhole, problem }: ChainPage) => ({
  seq: place.seq,
  whole: isWhole,
  ...(problem && { problem: [problem.kind, problem.seq] }),
})

forEachStore('B-27 each teamspace has a chain of its own, numbered without a gap', async (_t, open) => {
  const store = await written(open)
  await append(store, [row('a')])
  const rows = await store.db.selectFrom('audit').select('seq').where('teamspace_id', '=', 'a').orderBy('seq').execute()
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    Array.from({ length: 11 }, (_, index) => index + 1),
  )
  assert.equal((await verify(store, 'a')).place.seq, 11)
  assert.equal((await verify(store, 'b')).place.seq, 10)
})

forEachStore('rows that were written already are left out, and leave no gap', async (_t, open) => {
  const store = await open()
  const rows = [row('a'), row('a'), row('b')]
  await append(store, rows.slice(0, 2))
  await append(store, rows, true)
  assert.deepEqual(outcomeOf(await verify(store, 'a')), { seq: 2, whole: true })
  assert.deepEqual(outcomeOf(await verify(store, 'b')), { seq: 1, whole: true })
})

forEachStore('a transaction that is rolled back leaves the chain as it was', async (_t, open) => {
  const store = await open()
  const failing = store.transaction(async (tx) => {
    await auditChainOf(store).append(tx.db, [row('new')])
    throw new Error('no')
  })
  await assert.rejects(failing, /^Error: no$/)
  await append(store, [row('new')])
  assert.deepEqual(outcomeOf(await verify(store, 'new')), { seq: 1, whole: true })
})

test('four Sallyports that write at once make no fork, no gap and no deadlock', async () => {
  const { freshDatabase } = await import('../../../../test/support/postgres.ts')
  const { url, drop } = await freshDatabase()
  const open = () => openStore({ url, sealingKey: TEST_SEALING_KEY })
  const stores = [await open()]
  while (stores.length < 4) stores.push(await open())
  const names = ['', 'a', 'b', 'c', 'd', 'e']
  try {
    await Promise.all(
      stores.map(async (store, replica) => {
        for (let batch = 0; batch < 25; batch++) {
          // Each in an order of its own, chains that nobody has made yet among them.
          const order = names.map((_, index) => names[(index * (replica + 1) + batch) % names.length]!)
          await append(
            store,
            [...order, ...order, `new-${batch % 5}`, `other-${batch}`].map((id) => row(id)),
          )
        }
      }),
    )
    const heads = await stores[0]!.db.selectFrom('audit_chain').select(['teamspace_id', 'seq']).execute()
    let rows = 0
    for (const { teamspace_id, seq } of heads) {
      assert.deepEqual(outcomeOf(await verify(stores[0]!, teamspace_id, 500)), { seq, whole: true })
      rows += seq
    }
    assert.equal(rows, 4 * 25 * 14)
  } finally {
    await Promise.all(stores.map((store) => store.close()))
    await drop()
  }
})

interface Tampering {
  readonly name: string
  readonly tamper: (store: Store) => Promise<unknown>
  readonly finds: readonly [kind: string, seq: number]
}

const run = (store: Store, ...statements: string[]) =>
  statements.reduce<Promise<unknown>>(
    (before, statement) => before.then(() => sql.raw(statement).execute(store.db)),
    Promise.resolve(),
  )

const AT_ROW = (seq: number, chain = 'a') => `where teamspace_id = '${chain}' and seq = ${seq}`

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'an altered event',
    tamper: (store) => run(store, `update audit set event = replace(event, '"4"', '"5"') ${AT_ROW(5)}`),
    finds: ['altered', 5],
  },
  {
    name: 'an altered decision',
    tamper: (store) => run(store, `update audit set event = replace(event, 'allowed', 'denied') ${AT_ROW(1)}`),
    finds: ['altered', 1],
  },
  {
    name: 'an altered time',
    tamper: (store) => run(store, `update audit set at = at - 1 ${AT_ROW(10)}`),
    finds: ['altered', 10],
  },
  {
    name: 'an altered kind',
    tamper: (store) => run(store, `update audit set kind = 'attempt' ${AT_ROW(2)}`),
    finds: ['altered', 2],
  },
  {
    name: 'an altered hash',
    tamper: (store) => run(store, `update audit set hash = 'x' ${AT_ROW(3)}`),
    finds: ['altered', 3],
  },
  {
    name: 'a row removed in the middle',
    tamper: (store) => run(store, `delete from audit ${AT_ROW(4)}`),
    finds: ['removed', 4],
  },
  {
    name: 'the first row removed',
    tamper: (store) => run(store, `delete from audit ${AT_ROW(1)}`),
    finds: ['removed', 1],
  },
  {
    name: 'the last row removed',
    tamper: (store) => run(store, `delete from audit ${AT_ROW(10)}`),
    finds: ['removed', 10],
  },
  {
    name: 'a row removed and all behind it moved up',
    tamper: (store) =>
      run(
        store,
        `delete from audit ${AT_ROW(4)}`,
        `update audit set seq = -seq where teamspace_id = 'a' and seq > 4`,
        `update audit set seq = -seq - 1 where teamspace_id = 'a' and seq < 0`,
      ),
    finds: ['altered', 4],
  },
  {
    name: 'the last row removed, and the end of the chain with it',
    tamper: (store) =>
      run(
        store,
        `delete from audit ${AT_ROW(10)}`,
        `update audit_chain set seq = 9, hash = (select hash from audit ${AT_ROW(9)}) where teamspace_id = 'a'`,
      ),
    finds: ['head_altered', 9],
  },
  {
    name: 'the first rows removed as if they had been pruned',
    tamper: (store) =>
      run(
        store,
        `update audit_chain set first_seq = 3, first_hash = (select hash from audit ${AT_ROW(3)}) where teamspace_id = 'a'`,
        `delete from audit where teamspace_id = 'a' and seq <= 3`,
      ),
    finds: ['head_altered', 10],
  },
  {
    name: 'two rows swapped',
    tamper: (store) =>
      run(
        store,
        `update audit set seq = 99 ${AT_ROW(3)}`,
        `update audit set seq = 3 ${AT_ROW(7)}`,
        `update audit set seq = 7 ${AT_ROW(99)}`,
      ),
    finds: ['altered', 3],
  },
  {
    name: 'the contents of two rows swapped',
    tamper: async (store) => {
      const [third, fourth] = await store.db
        .selectFrom('audit')
        .select(['seq', 'event'])
        .where('teamspace_id', '=', 'a')
        .where('seq', 'in', [3, 4])
        .orderBy('seq')
        .execute()
      const put = (seq: number, event: string) =>
        store.db.updateTable('audit').set({ event }).where('teamspace_id', '=', 'a').where('seq', '=', seq).execute()
      await put(3, fourth!.event)
      await put(4, third!.event)
    },
    finds: ['altered', 3],
  },
  {
    name: 'a row inserted behind the end',
    tamper: (store) =>
      run(store, `insert into audit select 'a', 11, 'made-up', kind, at, event, hash from audit ${AT_ROW(10)}`),
    finds: ['inserted', 11],
  },
  {
    name: 'a row inserted in between',
    tamper: (store) =>
      run(
        store,
        `update audit set seq = -seq where teamspace_id = 'a' and seq > 5`,
        `update audit set seq = -seq + 1 where teamspace_id = 'a' and seq < 0`,
        `insert into audit select 'a', 6, 'made-up', kind, at, event, hash from audit ${AT_ROW(5)}`,
      ),
    finds: ['altered', 6],
  },
  {
    name: 'a row of another teamspace pasted',
    tamper: (store) =>
      run(store, `delete from audit ${AT_ROW(6)}`, `update audit set teamspace_id = 'a' ${AT_ROW(6, 'b')}`),
    finds: ['altered', 6],
  },
  {
    name: 'the whole chain of another teamspace pasted, end included',
    tamper: (store) =>
      run(
        store,
        `delete from audit where teamspace_id = 'a'`,
        `update audit set teamspace_id = 'a' where teamspace_id = 'b'`,
        `delete from audit_chain where teamspace_id = 'a'`,
        `update audit_chain set teamspace_id = 'a' where teamspace_id = 'b'`,
      ),
    finds: ['head_altered', 10],
  },
  {
    name: 'a chain without its end',
    tamper: (store) => run(store, `delete from audit_chain where teamspace_id = 'a'`),
    finds: ['head_missing', 1],
  },
]

for (const { name, tamper, finds } of TAMPERINGS) {
  forEachStore(`B-27 verify finds ${name}, and nothing wrong with the other chains`, async (_t, open) => {
    const store = await written(open)
    await tamper(store)
    const { problem } = await verify(store, 'a')
    assert.deepEqual([problem?.kind, problem?.seq], finds)
    assert.equal((await verify(store, '')).isWhole, true)
  })
}

forEachStore('a chain whose end was moved goes on, and what is written then does not hide it', async (_t, open) => {
  const store = await written(open)
  await TAMPERINGS.find(({ name }) => name.includes('end of the chain with it'))!.tamper(store)
  await append(store, [row('a'), row('a')])
  const { problem } = await verify(store, 'a')
  assert.deepEqual([problem?.kind, problem?.seq], ['was_broken', 10])
  const { event } = await store.db
    .selectFrom('audit')
    .select('event')
    .where('seq', '=', 10)
    .where('teamspace_id', '=', 'a')
    .executeTakeFirstOrThrow()
  assert.equal(JSON.parse(event).action, BROKEN)
})

forEachStore('a chain whose end was removed goes on behind its last row, and says so', async (_t, open) => {
  const store = await written(open)
  await run(store, `delete from audit_chain where teamspace_id = 'a'`)
  await append(store, [row('a')])
  const last = await store.db
    .selectFrom('audit')
    .select('event')
    .where('seq', '=', 11)
    .where('teamspace_id', '=', 'a')
    .executeTakeFirstOrThrow()
  assert.equal(JSON.parse(last.event).action, BROKEN)
  assert.equal((await verify(store, 'a')).problem?.kind, 'altered')
})

test('no two rows hash alike because their fields meet elsewhere', async () => {
  const store = await openStore({ url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY })
  const { keys } = auditChainOf(store)
  const base = { teamspace_id: 'ab', seq: 1, id: 'c', kind: 'call', at: 1, event: 'e' } as const
  const variants = [
    base,
    { ...base, teamspace_id: 'a', id: 'bc' },
    { ...base, teamspace_id: 'ab1:1' },
    { ...base, seq: 11, at: 1 },
    { ...base, seq: 1, at: 11 },
    { ...base, event: '1:e' },
    { ...base, id: 'c1:e', event: '' },
  ]
  assert.equal(new Set(variants.map((variant) => hashRow(keys, '', variant))).size, variants.length)
  const head = { teamspace_id: 'a', seq: 1, hash: 'h', first_seq: 0, first_hash: '' }
  assert.notEqual(sealHead(keys, head), sealHead(keys, { ...head, first_hash: 'h', hash: '' }))
  await store.close()
})

/** As earlier versions wrote rows, and as this one does; spelt out here, since what is written must be readable for years. */
const textOf = (previous: string, { seq, id, event }: { seq: number; id: string; event: string }) =>
  `row${previous.length}:${previous}1:a${`${seq}`.length}:${seq}36:${id}4:call13:${AT}${event.length}:${event}`

test('a row is hashed with a key of the installation in front', async () => {
  const store = await openStore({ url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY })
  await append(store, [row('a')])
  const { hash, ...written } = await store.db.selectFrom('audit').selectAll().executeTakeFirstOrThrow()
  const key = store.sealer.deriveKey('audit rows').export().toString('base64url')
  const expected = createHash('sha256').update(key).update(textOf('', written)).digest('base64url')
  assert.equal(hash, `2.${expected}`)
  await store.close()
})

/** Gives the rows of chain `a` the hashes that earlier versions wrote, and its head the seal that belongs to them. */
async function asWrittenEarlier(store: Store): Promise<void> {
  const rows = await store.db.selectFrom('audit').selectAll().where('teamspace_id', '=', 'a').orderBy('seq').execute()
  const key = store.sealer.deriveKey('audit chain')
  let hash = ''
  for (const each of rows) {
    hash = createHmac('sha256', key).update(textOf(hash, each)).digest('base64url')
    await store.db.updateTable('audit').set({ hash }).where('id', '=', each.id).execute()
  }
  const chain = auditChainOf(store)
  await store.transaction(async ({ db }) => {
    const head = (await chain.lock(db, ['a'])).get('a')!
    await chain.write(db, [{ ...head, hash }])
  })
}

forEachStore(
  'a chain of an earlier version, of HMACs, is whole, goes on, and shows what is altered',
  async (_t, open) => {
    const store = await written(open)
    await asWrittenEarlier(store)
    assert.deepEqual(outcomeOf(await verify(store, 'a')), { seq: 10, whole: true })
    await append(store, [row('a'), row('a')])
    assert.deepEqual(outcomeOf(await verify(store, 'a')), { seq: 12, whole: true })
    await run(
      store,
      `update audit set event = replace(event, 'allowed', 'denied') where teamspace_id = 'a' and seq = 4`,
    )
    assert.deepEqual(outcomeOf(await verify(store, 'a')), { seq: 3, whole: false, problem: ['altered', 4] })
  },
)
