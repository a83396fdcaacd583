import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'
import { SealBroken, type Sealer } from './sealer.ts'

const KEY = 'sealing-key-check'

/** This database was sealed with another key; going on would mix values of two keys. */
export class SealingKeyMismatch extends Error {
  override readonly name = 'SealingKeyMismatch'
  constructor() {
    super('The sealing key is not the one this database was created with. Give Sallyport the original key.')
  }
}

/** The first start leaves a sealed value behind; every later one must be able to open it. */
export async function checkSealingKey(db: Kysely<Database>, sealer: Sealer): Promise<void> {
  const mine = { key: KEY, value: sealer.seal(KEY, KEY) }
  // Two replicas may both be the first: one value wins, and both check that one.
  await db
    .insertInto('instance')
    .values(mine)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const kept = await db.selectFrom('instance').select('value').where('key', '=', KEY).executeTakeFirstOrThrow()
  try {
    sealer.open(kept.value, KEY)
  } catch (error) {
    throw error instanceof SealBroken ? new SealingKeyMismatch() : error
  }
}
