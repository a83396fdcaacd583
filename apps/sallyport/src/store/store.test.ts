import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore, TEST_SEALING_KEY } from '../../../../test/support/each-store.ts'
import type { Change } from './change-feed.ts'
import { SealingKeyMismatch } from './sealing-key-check.ts'
import { openStore, type Store } from './store.ts'
import { isUniqueViolation } from './unique-violation.ts'

forEachStore('a transaction keeps all of its writes, or none when its work fails', async (_t, open) => {
  const store = await open()
  await store.transaction(({ db }) => db.insertInto('instance').values({ key: 'a', value: '1' }).execute())
  const failing = store.transaction(async ({ db }) => {
    await db.insertInto('instance').values({ key: 'b', value: '1' }).execute()
    throw new Error('no')
  })
  await assert.rejects(failing, /^Error: no$/)
  const rows = await store.db.selectFrom('instance').selectAll().where('key', 'in', ['a', 'b']).execute()
  assert.deepEqual(rows, [{ key: 'a', value: '1' }])
})

forEachStore('a change is heard once, after its commit, and never after a rollback', async (_t, open) => {
  const store = await open()
  const heard = listen(store)
  await store.transaction(async (tx) => {
    tx.changed({ kind: 'member', teamspaceId: 't1' })
    tx.changed({ kind: 'member', teamspaceId: 't1' })
    assert.deepEqual(heard, [])
  })
  assert.deepEqual(heard, [{ kind: 'member', teamspaceId: 't1' }])
  const rolledBack = store.transaction(async (tx) => {
    tx.changed({ kind: 'teamspace', teamspaceId: 't2' })
    throw new Error('no')
  })
  await assert.rejects(rolledBack)
  assert.equal(heard.length, 1)
})

forEachStore('a transaction that changed very much says "everything"', async (_t, open) => {
  const store = await open()
  const heard = listen(store)
  await store.transaction(async (tx) => {
    for (let i = 0; i < 1000; i++) tx.changed({ kind: 'member', teamspaceId: `t${i}` })
  })
  assert.deepEqual(heard, [{ kind: 'everything' }])
})

forEachStore('a listener that throws stops neither the others nor the transaction', async (_t, open) => {
  const logged: string[] = []
  const store = await open({ log: (message) => logged.push(message) })
  store.changes.subscribe(() => {
    throw new Error('no')
  })
  const heard = listen(store)
  await store.transaction(async (tx) => tx.changed({ kind: 'everything' }))
  assert.equal(heard.length, 1)
  assert.deepEqual(logged, ['A listener of the change feed failed.'])
})

forEachStore('a listener that has unsubscribed hears nothing more', async (_t, open) => {
  const store = await open()
  const heard: Change[] = []
  const stop = store.changes.subscribe((change) => heard.push(change))
  stop()
  await store.transaction(async (tx) => tx.changed({ kind: 'everything' }))
  assert.deepEqual(heard, [])
})

forEachStore('store.db inside a transaction is an error that says so, not a wait without end', async (_t, open) => {
  const store = await open()
  const outside = store.transaction(() => store.db.selectFrom('instance').selectAll().execute())
  await assert.rejects(outside, /store\.db was used inside store\.transaction/)
  const nested = store.transaction(() => store.transaction(async () => {}))
  await assert.rejects(nested, /used inside/)
  await assert.rejects(
    store.transaction(() => store.close()),
    /used inside/,
  )
  assert.equal((await store.db.selectFrom('instance').selectAll().execute()).length, 1)
})

forEachStore('what a transaction started may use store.db when the transaction is over', async (_t, open) => {
  const store = await open()
  const over = Promise.withResolvers<void>()
  const later: Promise<unknown>[] = []
  await store.transaction(async () => {
    later.push(over.promise.then(() => store.db.selectFrom('instance').selectAll().execute()))
  })
  over.resolve()
  assert.equal((await Promise.all(later)).length, 1)
})

forEachStore('tx.db cannot be used when its transaction is over', async (_t, open) => {
  const store = await open()
  const { db } = await store.transaction(async (tx) => tx)
  await assert.rejects(db.selectFrom('instance').selectAll().execute(), /after its transaction had ended/)
})

forEachStore('concurrent transactions each happen whole', async (_t, open) => {
  const store = await open()
  const writes = Array.from({ length: 20 }, (_, i) =>
    store.transaction(async ({ db }) => {
      await db
        .insertInto('instance')
        .values({ key: `${i}a`, value: '' })
        .execute()
      await db
        .insertInto('instance')
        .values({ key: `${i}b`, value: '' })
        .execute()
    }),
  )
  const reads = Array.from({ length: 20 }, () => countRows(store))
  await Promise.all(writes)
  for (const count of await Promise.all(reads)) assert.equal(count % 2, 1) // with the one of the sealing key
  assert.equal(await countRows(store), 41)
})

forEachStore('a unique violation is recognised, and no other error is', async (_t, open) => {
  const { db } = await open()
  const insert = (value: string) => db.insertInto('instance').values({ key: 'a', value }).execute()
  await insert('')
  await assert.rejects(insert(''), isUniqueViolation)
  const notNull = await db
    .insertInto('instance')
    .values({ key: 'b', value: null as never })
    .execute()
    .catch((e) => e)
  assert.equal(isUniqueViolation(notNull), false)
  assert.equal(isUniqueViolation(undefined), false)
})

forEachStore('what was written is there after closing and opening again', async (_t, open) => {
  const first = await open()
  await first.db.insertInto('instance').values({ key: 'a', value: '1' }).execute()
  await first.close()
  await first.close()
  assert.equal(await countRows(await open()), 2)
})

forEachStore('a start with another sealing key is refused by name', async (_t, open) => {
  await (await open()).close()
  await assert.rejects(open({ sealingKey: new Uint8Array(32) }), SealingKeyMismatch)
  await (await open()).close() // and the refusal left nothing locked
})

test('a store in memory needs no file and no lock', async () => {
  const options = { url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY }
  const [one, two] = await Promise.all([openStore(options), openStore(options)])
  await one.db.insertInto('instance').values({ key: 'a', value: '' }).execute()
  assert.equal(await countRows(two), 1)
  await Promise.all([one.close(), two.close()])
})

function listen(store: Store): Change[] {
  const heard: Change[] = []
  store.changes.subscribe((change) => heard.push(change))
  return heard
}

async function countRows({ db }: Store): Promise<number> {
  const { count } = await db
    .selectFrom('instance')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}
