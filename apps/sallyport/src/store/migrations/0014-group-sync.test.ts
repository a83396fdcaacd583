import assert from 'node:assert/strict'
import { forEachStore } from '../../../../../test/support/each-store.ts'
import { signingKeys } from './0004-signing-keys.ts'
import { groupSync } from './0014-group-sync.ts'

forEachStore('B-38 keys that were there before sign identities as before', async (_t, open) => {
  const { db } = await open()
  for (const table of ['group_sync_held', 'group_sync_run', 'group_sync', 'signing_key']) {
    await db.schema.dropTable(table).execute()
  }
  await signingKeys.up(db)
  const before = { generation: 3, kid: 'kid', sealed_private_key: 'sealed', created_at: 1, retires_at: null }
  await db
    .insertInto('signing_key')
    .values(before as never)
    .execute()
  await groupSync.up(db)
  assert.deepEqual(await db.selectFrom('signing_key').selectAll().execute(), [{ purpose: 'identity', ...before }])
  const twice = { purpose: 'federation' as const, ...before, kid: 'other' }
  await db.insertInto('signing_key').values(twice).execute()
  await assert.rejects(
    db
      .insertInto('signing_key')
      .values({ ...twice, kid: 'third' })
      .execute(),
  )
})
