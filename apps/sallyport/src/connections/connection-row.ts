import type { Sealer } from '../store/sealer.ts'
import type { ConnectionAudienceTable, ConnectionRow } from './connection.table.ts'
import { issuerKeyOf } from './connection.ts'
import type { ClientCredential, ConnectionRecord, EntraConnectionRecord } from './connection.ts'

export type AudienceClaim = Pick<ConnectionAudienceTable, 'issuer' | 'audience' | 'use'>

/** Sorted, so that two saves which want the same audiences wait for each other instead of deadlocking. */
export function audienceClaims(record: ConnectionRecord): AudienceClaim[] {
  const issuer = record.kind === 'entra' ? '' : issuerKeyOf(record)
  const claims: AudienceClaim[] = [{ issuer, audience: record.audience, use: 'gate' }]
  if (record.kind === 'entra' && record.server) claims.push({ issuer, audience: record.server.audience, use: 'server' })
  return claims.sort((a, b) => (a.audience < b.audience ? -1 : 1))
}

/** What the table has columns for; the rest of a record is `settings`. */
type Columns =
  'id' | 'teamspaceId' | 'kind' | 'cloud' | 'tenantId' | 'audience' | 'requiredScope' | 'createdAt' | 'updatedAt'

const sealingContext = (id: string) => `connection:${id}:credential`

export function toRow(record: ConnectionRecord, sealer: Sealer): ConnectionRow {
  const { id, teamspaceId, kind, audience, requiredScope, createdAt, updatedAt, ...rest } = record
  const columns = {
    id,
    teamspace_id: teamspaceId,
    kind,
    audience,
    required_scope: requiredScope,
    created_at: createdAt,
    updated_at: updatedAt,
  }
  if (record.kind !== 'entra') {
    return { ...columns, cloud: null, tenant_id: null, settings: JSON.stringify(rest), sealed_credential: null }
  }
  const { cloud, tenantId, onBehalfOf, ...settings } = rest as Omit<
    EntraConnectionRecord,
    Exclude<Columns, 'cloud' | 'tenantId'>
  >
  const client = onBehalfOf && { clientId: onBehalfOf.clientId, scope: onBehalfOf.scope }
  return {
    ...columns,
    cloud,
    tenant_id: tenantId,
    settings: JSON.stringify({ ...settings, ...(client && { onBehalfOf: client }) }),
    sealed_credential: onBehalfOf ? sealer.seal(JSON.stringify(onBehalfOf.credential), sealingContext(id)) : null,
  }
}

export function fromRow(row: ConnectionRow, sealer: Sealer): ConnectionRecord {
  const { onBehalfOf, ...settings } = JSON.parse(row.settings)
  return {
    id: row.id,
    teamspaceId: row.teamspace_id,
    kind: row.kind,
    ...(row.kind === 'entra' && { cloud: row.cloud, tenantId: row.tenant_id }),
    audience: row.audience,
    requiredScope: row.required_scope,
    ...settings,
    ...(onBehalfOf && { onBehalfOf: { ...onBehalfOf, credential: openCredential(row, sealer) } }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  } as ConnectionRecord
}

/** Who issues the identities of the connection; without opening its credential. */
export const issuerKeyOfRow = ({
  kind,
  cloud,
  tenant_id: tenantId,
  settings,
}: Pick<ConnectionRow, 'kind' | 'cloud' | 'tenant_id' | 'settings'>): string =>
  issuerKeyOf({ ...JSON.parse(settings), kind, ...(kind === 'entra' && { cloud, tenantId }) } as ConnectionRecord)

function openCredential({ id, sealed_credential }: ConnectionRow, sealer: Sealer): ClientCredential {
  if (sealed_credential === null) throw new Error(`connection ${id} has lost its credential`)
  return JSON.parse(sealer.open(sealed_credential, sealingContext(id))) as ClientCredential
}
