import assert from 'node:assert/strict'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Change } from './change-feed.ts'

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
  const heard: Change[] = []
  store.changes.subscribe((change) => heard.push(change))
  await store.transaction(async (tx) => {
    tx.changed({ kind: 'member', teamspaceId: 't1' })
    tx.changed({ kind: 'member', teamspaceId: 't1' })
    assert.deepEqual(heard, [])
  })
  assert.deepEqual(heard, [{ kind: 'member', teamspaceId: 't1' }])
  await store
    .transaction(async (tx) => {
      tx.changed({ kind: 'teamspace', teamspaceId: 't2' })
      throw new Error('no')
    })
    .catch(() => {})
  assert.equal(heard.length, 1)
})
