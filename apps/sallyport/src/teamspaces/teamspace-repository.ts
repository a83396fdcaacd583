import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Teamspace } from './teamspace.ts'
import type { TeamspaceRow } from './teamspace.table.ts'

export interface TeamspacePage {
  readonly limit: number
  /** Only slugs after this one. */
  readonly after?: string | undefined
}

/** The one repository that is not bound to a teamspace: it is the list of them. */
export function teamspaceRepository(db: Kysely<Database>) {
  const all = db.selectFrom('teamspace').selectAll()
  return {
    list: async (): Promise<Teamspace[]> => (await all.orderBy('slug').execute()).map(toTeamspace),
    listPage: async ({ limit, after }: TeamspacePage): Promise<Teamspace[]> => {
      const page = after === undefined ? all : all.where('slug', '>', after)
      return (await page.orderBy('slug').limit(limit).execute()).map(toTeamspace)
    },
    findBySlug: async (slug: string): Promise<Teamspace | undefined> =>
      found(await all.where('slug', '=', slug).executeTakeFirst()),
    findById: async (id: string): Promise<Teamspace | undefined> =>
      found(await all.where('id', '=', id).executeTakeFirst()),
    insert: async ({ id, slug, name, createdAt }: Teamspace): Promise<void> => {
      await db.insertInto('teamspace').values({ id, slug, name, created_at: createdAt }).execute()
    },
    /** Changes nothing, but holds the row until the transaction ends, so that changes of one teamspace take turns. */
    lock: async (slug: string): Promise<Teamspace | undefined> =>
      found(
        await db
          .updateTable('teamspace')
          .set((row) => ({ name: row.ref('name') }))
          .where('slug', '=', slug)
          .returningAll()
          .executeTakeFirst(),
      ),
    rename: async (id: string, name: string): Promise<void> => {
      await db.updateTable('teamspace').set({ name }).where('id', '=', id).execute()
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('teamspace').where('id', '=', id).execute()
    },
  }
}

const found = (row: TeamspaceRow | undefined): Teamspace | undefined => row && toTeamspace(row)

const toTeamspace = ({ id, slug, name, created_at }: TeamspaceRow): Teamspace => ({
  id,
  slug,
  name,
  createdAt: created_at,
})
