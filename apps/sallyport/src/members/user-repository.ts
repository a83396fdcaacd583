import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

/**
 * The ids of the users with these e-mails, made where there are none yet: one person in several teamspaces is one user
 * (S2D-05). In the order of the e-mails, so that teamspaces that add the same people wait for each other in no circle.
 */
export async function findOrInsertUsers(
  db: Kysely<Database>,
  emails: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, string>> {
  await db
    .insertInto('user')
    .values(emails.toSorted().map((email) => ({ id: randomUUID(), email, created_at: at })))
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute()
  const users = await db.selectFrom('user').select(['id', 'email']).where('email', 'in', emails).execute()
  return new Map(users.map(({ id, email }) => [email, id]))
}
