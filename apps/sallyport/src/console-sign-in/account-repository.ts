import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Account, FederatedAccount, PasswordAccount } from './account.ts'
import type { ConsoleAccountTable } from './console.table.ts'

export function accountRepository(db: Kysely<Database>) {
  const byPassword = db.selectFrom('console_account').selectAll().where('kind', '=', 'password')
  return {
    findPassword: async (): Promise<PasswordAccount | undefined> =>
      toPasswordAccount(await byPassword.limit(1).executeTakeFirst()),
    findPasswordByEmail: async (email: string): Promise<PasswordAccount | undefined> =>
      toPasswordAccount(await byPassword.where('email', '=', email).executeTakeFirst()),
    insertPassword: async (email: string, passwordHash: string, at: number): Promise<string> => {
      const id = randomUUID()
      await db
        .insertInto('console_account')
        .values({ id, kind: 'password', email, password_hash: passwordHash, created_at: at })
        .execute()
      return id
    },
    setPassword: async (id: string, email: string, passwordHash: string): Promise<void> => {
      await db
        .updateTable('console_account')
        .set({ email, password_hash: passwordHash })
        .where('id', '=', id)
        .where('kind', '=', 'password')
        .execute()
    },
    /** False when the password is another one by now. */
    replaceHash: async (id: string, passwordHash: string, by: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('console_account')
        .set({ password_hash: by })
        .where('id', '=', id)
        .where('password_hash', '=', passwordHash)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
    /** Made with the first sign-in; the label follows what the identity provider says now. */
    putFederated: async ({ issuer, subject, email }: Omit<FederatedAccount, 'kind' | 'id'>, at: number) => {
      const { id } = await db
        .insertInto('console_account')
        .values({ id: randomUUID(), kind: 'federated', email, issuer, subject, created_at: at })
        .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet({ email }))
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },
    setSignedIn: async (id: string, at: number): Promise<void> => {
      await db.updateTable('console_account').set({ signed_in_at: at }).where('id', '=', id).execute()
    },
  }
}

type AccountRow = Pick<
  Selectable<ConsoleAccountTable>,
  'id' | 'kind' | 'email' | 'issuer' | 'subject' | 'password_hash'
>

export function toAccount(row: AccountRow): Account {
  const { id, kind, email, issuer, subject } = row
  if (kind === 'federated' && issuer !== null && subject !== null)
    return { kind: 'federated', id, email, issuer, subject }
  const account = toPasswordAccount(row)
  if (!account) throw new Error('an account of the console cannot be read')
  return account
}

const toPasswordAccount = (row: AccountRow | undefined): PasswordAccount | undefined =>
  row?.kind === 'password' && row.password_hash !== null
    ? { kind: 'password', id: row.id, email: row.email, passwordHash: row.password_hash }
    : undefined
