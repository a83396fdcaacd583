import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Sealer } from '../store/sealer.ts'
import { audienceClaims, fromRow, toRow } from './connection-row.ts'
import type { AudienceClaim } from './connection-row.ts'
import type { ConnectionKind, ConnectionRecord } from './connection.ts'

export type RecordOf<Kind extends ConnectionKind> = Extract<ConnectionRecord, { kind: Kind }>

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function connectionRepository(db: Kysely<Database>, sealer: Sealer, teamspaceId: string) {
  const owned = db.selectFrom('connection').selectAll().where('teamspace_id', '=', teamspaceId)
  return {
    list: async (): Promise<ConnectionRecord[]> =>
      (await owned.orderBy('kind').execute()).map((row) => fromRow(row, sealer)),

    find: async <Kind extends ConnectionKind>(kind: Kind): Promise<RecordOf<Kind> | undefined> => {
      const row = await owned.where('kind', '=', kind).executeTakeFirst()
      return row && (fromRow(row, sealer) as RecordOf<Kind>)
    },
    /** Whether another connection owns one of these audiences. */
    isClaimed: async (connectionId: string, wanted: readonly AudienceClaim[]): Promise<boolean> => {
      const owner = await db
        .selectFrom('connection_audience')
        .select('audience')
        .where('connection_id', '!=', connectionId)
        .where(({ eb, or, and }) =>
          or(wanted.map(({ issuer, audience }) => and([eb('issuer', '=', issuer), eb('audience', '=', audience)]))),
        )
        .executeTakeFirst()
      return owner !== undefined
    },
    /** Throws a unique violation when another connection claims one of the audiences meanwhile. */
    save: async (record: ConnectionRecord): Promise<void> => {
      const row = { ...toRow(record, sealer), teamspace_id: teamspaceId }
      const { id, ...changes } = row
      await db
        .insertInto('connection')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
      await db.deleteFrom('connection_audience').where('connection_id', '=', id).execute()
      await db
        .insertInto('connection_audience')
        .values(audienceClaims(record).map((claim) => ({ ...claim, connection_id: id })))
        .execute()
    },
    delete: async (kind: ConnectionKind): Promise<void> => {
      await db.deleteFrom('connection').where('teamspace_id', '=', teamspaceId).where('kind', '=', kind).execute()
    },
  }
}

export interface OwnedAudience<Kind extends ConnectionKind = ConnectionKind> {
  readonly record: RecordOf<Kind>
  readonly use: AudienceClaim['use']
}

/** Across teamspaces by its nature: a token names its issuer and audience before anybody knows its teamspace. */
export async function findConnectionsByIssuer(
  db: Kysely<Database>,
  sealer: Sealer,
  issuer: string,
  audience?: string,
): Promise<OwnedAudience[]> {
  const query = db
    .selectFrom('connection_audience')
    .innerJoin('connection', 'connection.id', 'connection_audience.connection_id')
    .selectAll('connection')
    .select('connection_audience.use')
    .where('connection_audience.issuer', '=', issuer)
    .orderBy('connection_audience.audience')
  const rows = await (
    audience === undefined ? query : query.where('connection_audience.audience', '=', audience)
  ).execute()
  return rows.map((row) => ({ record: fromRow(row, sealer), use: row.use }))
}
