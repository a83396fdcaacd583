import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What people are called beside their e-mail, and the same as it is searched for. Of the member: no teamspace names another's. */
export const displayName: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('member').addColumn('display_name', 'text').execute()
    await db.schema.alterTable('member').addColumn('display_name_key', 'text').execute()
  },
}
