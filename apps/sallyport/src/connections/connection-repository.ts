import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Sealer } from '../store/sealer.ts'
import type { ConnectionAudienceTable, ConnectionRow } from './connection.table.ts'
import type { ClientCredential, EntraConnectionRecord } from './connection.ts'

/** The part of a connection that no query asks for. */
interface ConnectionSettings extends Pick<
  EntraConnectionRecord,
  'acceptedRoles' | 'allowedClients' | 'server' | 'facade'
> {
  readonly onBehalfOf?: { readonly clientId: string; readonly scope: string }
}

export type AudienceClaim = Pick<ConnectionAudienceTable, 'audience' | 'use'>

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function connectionRepository(db: Kysely<Database>, sealer: Sealer, teamspaceId: string) {
  const claims = (connectionId: string) =>
    db.selectFrom('connection_audience').select('audience').where('connection_id', '!=', connectionId)
  return {
    find: async (): Promise<EntraConnectionRecord | undefined> => {
      const row = await db
        .selectFrom('connection')
        .selectAll()
        .where('teamspace_id', '=', teamspaceId)
        .executeTakeFirst()
      return row && fromRow(row, sealer)
    },
    /** Whether another connection owns one of these audiences. */
    isClaimed: async (connectionId: string, wanted: readonly AudienceClaim[]): Promise<boolean> => {
      const audiences = wanted.map(({ audience }) => audience)
      return (await claims(connectionId).where('audience', 'in', audiences).executeTakeFirst()) !== undefined
    },
    /** Throws a unique violation when another connection claims one of the audiences meanwhile. */
    save: async (record: EntraConnectionRecord): Promise<void> => {
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
    delete: async (): Promise<void> => {
      await db.deleteFrom('connection').where('teamspace_id', '=', teamspaceId).execute()
    },
  }
}

/** Across teamspaces by its nature: an access token names its audience before anybody knows its teamspace. */
export async function findConnectionByAudience(
  db: Kysely<Database>,
  sealer: Sealer,
  audience: string,
): Promise<{ record: EntraConnectionRecord; use: AudienceClaim['use'] } | undefined> {
  const row = await db
    .selectFrom('connection_audience')
    .innerJoin('connection', 'connection.id', 'connection_audience.connection_id')
    .selectAll('connection')
    .select('connection_audience.use')
    .where('connection_audience.audience', '=', audience)
    .executeTakeFirst()
  return row && { record: fromRow(row, sealer), use: row.use }
}

/** Sorted, so that two saves which want the same audiences wait for each other instead of deadlocking. */
export function audienceClaims({ audience, server }: Pick<EntraConnectionRecord, 'audience' | 'server'>) {
  const claims: AudienceClaim[] = [{ audience, use: 'gate' }]
  if (server) claims.push({ audience: server.audience, use: 'server' })
  return claims.sort((a, b) => (a.audience < b.audience ? -1 : 1))
}

const sealingContext = (id: string) => `connection:${id}:credential`

function toRow(record: EntraConnectionRecord, sealer: Sealer): ConnectionRow {
  const { id, onBehalfOf, acceptedRoles, allowedClients, server, facade } = record
  const settings: ConnectionSettings = {
    acceptedRoles,
    allowedClients,
    facade,
    ...(server && { server }),
    ...(onBehalfOf && { onBehalfOf: { clientId: onBehalfOf.clientId, scope: onBehalfOf.scope } }),
  }
  return {
    id,
    teamspace_id: record.teamspaceId,
    kind: record.kind,
    cloud: record.cloud,
    tenant_id: record.tenantId,
    audience: record.audience,
    required_scope: record.requiredScope,
    settings: JSON.stringify(settings),
    sealed_credential: onBehalfOf ? sealer.seal(JSON.stringify(onBehalfOf.credential), sealingContext(id)) : null,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
  }
}

function fromRow(row: ConnectionRow, sealer: Sealer): EntraConnectionRecord {
  const { onBehalfOf, ...settings } = JSON.parse(row.settings) as ConnectionSettings
  return {
    id: row.id,
    teamspaceId: row.teamspace_id,
    kind: 'entra',
    cloud: row.cloud,
    tenantId: row.tenant_id,
    audience: row.audience,
    requiredScope: row.required_scope,
    ...settings,
    ...(onBehalfOf && { onBehalfOf: { ...onBehalfOf, credential: openCredential(row, sealer) } }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function openCredential({ id, sealed_credential }: ConnectionRow, sealer: Sealer): ClientCredential {
  if (sealed_credential === null) throw new Error(`connection ${id} has lost its credential`)
  return JSON.parse(sealer.open(sealed_credential, sealingContext(id))) as ClientCredential
}
