import assert from 'node:assert/strict'
import { type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { DatabaseTooNew, migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'

const createTable = (name: string, more = async (_db: Kysely<unknown>) => {}): Migration => ({
  async up(db: Kysely<unknown>) {
    await db.schema.createTable(name).addColumn('id', 'text').execute()
    await more(db)
  },
})

forEachStore('a migration that fails leaves nothing behind, and can be tried again', async (_t, open) => {
  const { db } = await open()
  const fails = createTable('half', () => Promise.reject(new Error('no')))
  const broken = { ...migrations, '9998-whole': createTable('whole'), '9999-half': fails }
  await assert.rejects(migrate(db, broken), /^Error: no$/)
  const tables = (await db.introspection.getTables()).map(({ name }) => name)
  assert.deepEqual([tables.includes('whole'), tables.includes('half')], [false, false])
  await migrate(db, { ...broken, '9999-half': createTable('half') })
})

forEachStore('a database that a newer version has migrated is refused by name', async (_t, open) => {
  const store = await open()
  await migrate(store.db, { ...migrations, '9999-later': createTable('later') })
  await store.close()
  await assert.rejects(open(), (error: Error) => error instanceof DatabaseTooNew && /9999-later/.test(error.message))
})

forEachStore('migrating what is up to date changes nothing', async (_t, open) => {
  const { db } = await open()
  await migrate(db)
  await migrate(db)
})
