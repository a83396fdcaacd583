import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { toAudience } from './audience.ts'
import { connectionRepository, findConnectionByAudience } from './connection-repository.ts'
import type { EntraConnectionRecord } from './connection.ts'

type Found<Value> = Value | undefined | Promise<Value | undefined>

export interface OwnedAudience {
  readonly record: EntraConnectionRecord
  readonly use: 'gate' | 'server'
}

export interface ConnectionLookup {
  /** The connection whose callers bring tokens of this tenant for this audience. */
  findEntra(tenantId: string, audience: string): Found<EntraConnectionRecord>
  /** Whoever owns the audience, for callers' tokens or for servers' tokens. */
  findByAudience(audience: string): Found<OwnedAudience>
  findOfTeamspace(teamspaceId: string): Found<EntraConnectionRecord>
}

export function createConnectionLookup(store: Store, now: () => number = Date.now): ConnectionLookup {
  const shared = { changes: store.changes, kinds: ['connection', 'teamspace'], now } as const
  const byAudience = cachedLookup<OwnedAudience>({ ...shared, teamspaceOf: ({ record }) => record.teamspaceId })
  const byTeamspace = cachedLookup<EntraConnectionRecord>({ ...shared, teamspaceOf: (record) => record.teamspaceId })

  const findByAudience = (text: string): Found<OwnedAudience> => {
    const audience = toAudience(text)
    if (audience === undefined) return undefined
    return byAudience.get(audience, () => findConnectionByAudience(store.db, store.sealer, audience))
  }
  return {
    findByAudience,
    findEntra(tenantId, audience) {
      const owned = findByAudience(audience)
      return owned instanceof Promise ? owned.then((settled) => forGate(settled, tenantId)) : forGate(owned, tenantId)
    },
    findOfTeamspace: (teamspaceId) =>
      byTeamspace.get(teamspaceId, () => connectionRepository(store.db, store.sealer, teamspaceId).find()),
  }
}

/** A token is accepted by `(tid, aud)`: an audience alone says nothing about the directory it was issued in (D-09). */
function forGate(owned: OwnedAudience | undefined, tenantId: string): EntraConnectionRecord | undefined {
  return owned?.use === 'gate' && owned.record.tenantId === tenantId ? owned.record : undefined
}
