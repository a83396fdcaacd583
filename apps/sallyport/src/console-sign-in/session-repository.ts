import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { toAccount } from './account-repository.ts'
import type { OpenSession, Session, Visitor } from './session.ts'

export interface NewSession extends Visitor {
  readonly accountId: string
  readonly secretHash: string
  readonly way: string
  readonly at: number
}

/** Enough for every device that a person has; beyond, the oldest goes. */
const MAX_PER_ACCOUNT = 20
const MAX_AGENT = 200

export function sessionRepository(db: Kysely<Database>) {
  const sessions = db.selectFrom('console_session')
  const owned = (accountId: string) => db.deleteFrom('console_session').where('account_id', '=', accountId)
  return {
    findByHash: async (secretHash: string): Promise<OpenSession | undefined> => {
      const row = await sessions
        .innerJoin('console_account as account', 'account.id', 'console_session.account_id')
        .select(COLUMNS)
        .select(['account.id as account_id', 'account.kind', 'account.email', 'account.issuer', 'account.subject'])
        .select('account.password_hash')
        .where('console_session.secret_hash', '=', secretHash)
        .executeTakeFirst()
      return row && { session: toSession(row), account: toAccount({ ...row, id: row.account_id }) }
    },
    list: async (accountId: string): Promise<Session[]> => {
      const rows = await sessions
        .select(COLUMNS)
        .where('account_id', '=', accountId)
        .orderBy('last_seen_at', 'desc')
        .orderBy('console_session.id')
        .execute()
      return rows.map(toSession)
    },
    insert: async ({ accountId, secretHash, way, at, address, agent }: NewSession): Promise<string> => {
      const id = randomUUID()
      const seen = { address: address ?? null, agent: agent?.slice(0, MAX_AGENT) ?? null }
      await db
        .insertInto('console_session')
        .values({
          id,
          secret_hash: secretHash,
          account_id: accountId,
          way,
          created_at: at,
          last_seen_at: at,
          ...seen,
        })
        .execute()
      return id
    },
    /** All of the account but its newest. */
    deleteOldest: async (accountId: string): Promise<void> => {
      const kept = sessions
        .select('id')
        .where('account_id', '=', accountId)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .limit(MAX_PER_ACCOUNT)
      await owned(accountId).where('id', 'not in', kept).execute()
    },
    deleteEnded: async (createdBefore: number, seenBefore: number): Promise<void> => {
      await db
        .deleteFrom('console_session')
        .where(({ eb, or }) => or([eb('created_at', '<=', createdBefore), eb('last_seen_at', '<=', seenBefore)]))
        .execute()
    },
    setSeen: async (id: string, at: number): Promise<void> => {
      await db.updateTable('console_session').set({ last_seen_at: at }).where('id', '=', id).execute()
    },
    deleteByHash: async (secretHash: string): Promise<void> => {
      await db.deleteFrom('console_session').where('secret_hash', '=', secretHash).execute()
    },
    /** False when the account has no such session. */
    delete: async (accountId: string, id: string): Promise<boolean> => {
      const { numDeletedRows } = await owned(accountId).where('id', '=', id).executeTakeFirst()
      return numDeletedRows === 1n
    },
    deleteAll: async (accountId: string): Promise<number> =>
      Number((await owned(accountId).executeTakeFirst()).numDeletedRows),
  }
}

const COLUMNS = ['console_session.id', 'console_session.created_at', 'last_seen_at', 'way', 'address', 'agent'] as const

interface SessionRow {
  readonly id: string
  readonly created_at: number
  readonly last_seen_at: number
  readonly way: string
  readonly address: string | null
  readonly agent: string | null
}

const toSession = ({ id, created_at, last_seen_at, way, address, agent }: SessionRow): Session => ({
  id,
  createdAt: created_at,
  lastSeenAt: last_seen_at,
  way,
  address,
  agent,
})
