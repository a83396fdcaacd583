import type { Kysely } from 'kysely'
import { insertAdminEvents } from '../audit/audit-repository.ts'
import type { Database } from '../store/schema.ts'
import type { Store, StoreTransaction } from '../store/store.ts'
import { accountRepository } from './account-repository.ts'
import { hashSecret, newSecret } from './secret.ts'

const LINK_HOURS = 24
/** There is one link at a time: a new one ends the one before. */
const NAME = 'link'

interface Clock {
  readonly now: () => number
}

/** The address for a person to open. The secret is in the fragment, which browsers send to nobody. */
export const linkAddress = (consoleUrl: string, secret: string): string => `${consoleUrl}/bootstrap#${secret}`

/** Made anew at each start, until an operator can sign in by password; undefined from then on. */
export function makeFirstLink(store: Store, { now }: Clock): Promise<string | undefined> {
  return store.transaction(async ({ db }) =>
    (await accountRepository(db).findPassword()) ? undefined : putLink(db, null, now()),
  )
}

/** For a password that was forgotten; or the first one, while there is none. */
export function makeResetLink(store: Store, { now, actor }: Clock & { readonly actor: string }): Promise<string> {
  return store.transaction(async (tx) => {
    const account = await accountRepository(tx.db).findPassword()
    const at = now()
    await insertAdminEvents(store, tx, [{ at, actor, action: 'console.link_made' }])
    return putLink(tx.db, account?.id ?? null, at)
  })
}

async function putLink(db: Kysely<Database>, accountId: string | null, at: number): Promise<string> {
  const secret = newSecret()
  const link = { secret_hash: hashSecret(secret)!, account_id: accountId, expires_at: at + LINK_HOURS * 3_600_000 }
  await db
    .insertInto('console_link')
    .values({ name: NAME, ...link })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(link))
    .execute()
  return secret
}

/** Whether the secret would do right now. Asked before a password is hashed, so that strangers cost no computing. */
export async function isLinkOpen({ db }: Pick<Store, 'db'>, secret: string, at: number): Promise<boolean> {
  const found = await db
    .selectFrom('console_link')
    .select('name')
    .where('secret_hash', '=', hashSecret(secret) ?? '')
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return found !== undefined
}

/** One conditional delete: of two who come at once with the same secret, one gets the link. */
export async function takeLink({ db }: StoreTransaction, secret: string, at: number) {
  return db
    .deleteFrom('console_link')
    .where('secret_hash', '=', hashSecret(secret) ?? '')
    .where('expires_at', '>', at)
    .returning('account_id as accountId')
    .executeTakeFirst()
}
