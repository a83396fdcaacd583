import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { KeyPurpose, SigningKeyRow } from './signing-key.table.ts'

/** Of the whole installation: servers verify with one key set, whatever the teamspace. Bound to one purpose. */
export function signingKeyRepository(db: Kysely<Database>, purpose: KeyPurpose) {
  return {
    /** Those that are published, the newest last. */
    listLive: (now: number): Promise<SigningKeyRow[]> =>
      db
        .selectFrom('signing_key')
        .selectAll()
        .where('purpose', '=', purpose)
        .where((is) => is.or([is('retires_at', 'is', null), is('retires_at', '>', now)]))
        .orderBy('generation')
        .execute(),
    /** Answers false when another replica has made this generation first. */
    insert: async (row: SigningKeyRow): Promise<boolean> =>
      (await db
        .insertInto('signing_key')
        .values(row)
        .onConflict((conflict) => conflict.columns(['purpose', 'generation']).doNothing())
        .returning('generation')
        .executeTakeFirst()) !== undefined,
    retireBefore: async (generation: number, retiresAt: number): Promise<void> => {
      await db
        .updateTable('signing_key')
        .set({ retires_at: retiresAt })
        .where('purpose', '=', purpose)
        .where('generation', '<', generation)
        .where('retires_at', 'is', null)
        .execute()
    },
    deleteRetired: async (now: number): Promise<void> => {
      await db.deleteFrom('signing_key').where('purpose', '=', purpose).where('retires_at', '<=', now).execute()
    },
  }
}
