import type { EntraConnection, EntraConnectionSource } from './connection.ts'
import { isGuid, PERSONAL_ACCOUNTS_TENANT_ID, toEntraAudience } from './identifiers.ts'

type Find = EntraConnectionSource['find']

/** Connections from code: a list, or a function that finds one. */
export function localSource(connections: readonly EntraConnection[] | Find): EntraConnectionSource {
  if (typeof connections === 'function') return { find: connections }
  const byAddress = new Map<string, EntraConnection>()
  for (const connection of connections) {
    const key = addressOf(connection)
    if (byAddress.has(key)) throw new TypeError(`Two connections for tenant and audience ${key}`)
    byAddress.set(key, connection)
  }
  return { find: (tenantId, audience) => byAddress.get(`${tenantId} ${audience}`) }
}

function addressOf({ tenantId, audience }: EntraConnection): string {
  const normalized = toEntraAudience(audience)
  if (!isGuid(tenantId)) throw new TypeError(`tenantId must be a lower-case GUID: ${tenantId}`)
  if (tenantId === PERSONAL_ACCOUNTS_TENANT_ID)
    throw new TypeError('Personal Microsoft accounts cannot be a connection')
  if (!normalized) throw new TypeError(`audience must be a client id (GUID) or an api:// URI: ${audience}`)
  return `${tenantId} ${normalized}`
}
