import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

/** The user with this e-mail, made when there is none yet: one person in several teamspaces is one user (S2D-05). */
export async function findOrInsertUser(db: Kysely<Database>, email: string, at: number): Promise<string> {
  await db
    .insertInto('user')
    .values({ id: randomUUID(), email, created_at: at })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute()
  const { id } = await db.selectFrom('user').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  return id
}
