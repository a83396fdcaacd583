import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { toAudience } from './audience.ts'
import { connectionRepository, findConnectionsByIssuer } from './connection-repository.ts'
import type { OwnedAudience, RecordOf } from './connection-repository.ts'
import type { ConnectionKind, ConnectionRecord, EntraConnectionRecord, OidcConnectionRecord } from './connection.ts'

export interface ConnectionLookup {
  /** The connection whose callers bring tokens of this tenant for this audience. */
  findEntra(tenantId: string, audience: string): Awaitable<EntraConnectionRecord | undefined>
  /** Whoever owns the Entra audience, for callers' tokens or for servers' tokens. */
  findByAudience(audience: string): Awaitable<OwnedAudience<'entra'> | undefined>
  /** The connections to an OIDC issuer, of all teamspaces. */
  findOidc(issuer: string): Awaitable<readonly OidcConnectionRecord[]>
  /** All connections of a teamspace, at most one of each kind. */
  listOfTeamspace(teamspaceId: string): Awaitable<readonly ConnectionRecord[]>
}

/** Entra's audiences are unique by themselves, whatever the tenant. */
const ENTRA_ISSUER = ''

export function createConnectionLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): ConnectionLookup {
  const { db, sealer } = store
  const shared = { changes: store.changes, kinds: ['connection', 'teamspace'], now, uses } as const
  const byAudience = cachedLookup<OwnedAudience<'entra'>>({
    ...shared,
    teamspaceOf: ({ record }) => record.teamspaceId,
  })
  const byTeamspace = cachedLookup<{ teamspaceId: string; records: readonly ConnectionRecord[] }>({
    ...shared,
    teamspaceOf: ({ teamspaceId }) => teamspaceId,
  })
  // An answer may be of several teamspaces, or of none: any change voids it.
  const byIssuer = cachedLookup<readonly OidcConnectionRecord[]>({ ...shared, teamspaceOf: 'any' })

  const findByAudience = (text: string): Awaitable<OwnedAudience<'entra'> | undefined> => {
    const audience = toAudience(text)
    if (audience === undefined) return undefined
    return byAudience.get(audience, async () => {
      const [owned] = await findConnectionsByIssuer(db, sealer, ENTRA_ISSUER, audience)
      return owned as OwnedAudience<'entra'> | undefined
    })
  }
  return {
    findByAudience,
    findEntra(tenantId, audience) {
      const owned = findByAudience(audience)
      return owned instanceof Promise ? owned.then((settled) => forGate(settled, tenantId)) : forGate(owned, tenantId)
    },
    findOidc(issuer) {
      const found = byIssuer.get(issuer, async () => {
        const owned = await findConnectionsByIssuer(db, sealer, issuer)
        const records = owned.map(({ record }) => record).filter((record) => record.kind === 'oidc')
        return records.length > 0 ? records : undefined // strangers' guesses are counted apart
      })
      return whenReady(found, orNone)
    },
    listOfTeamspace(teamspaceId) {
      const found = byTeamspace.get(teamspaceId, async () => ({
        teamspaceId,
        records: await connectionRepository(db, sealer, teamspaceId).list(),
      }))
      return whenReady(found, recordsOf)
    },
  }
}

const orNone = (records: readonly OidcConnectionRecord[] | undefined) => records ?? []

/** Never absent: a teamspace without connections has an empty list. */
const recordsOf = (found: { readonly records: readonly ConnectionRecord[] } | undefined) => found!.records

export const ofKind = <Kind extends ConnectionKind>(
  records: readonly ConnectionRecord[],
  kind: Kind,
): RecordOf<Kind> | undefined => records.find((record) => record.kind === kind) as RecordOf<Kind> | undefined

/** A token is accepted by `(tid, aud)`: an audience alone says nothing about the directory it was issued in (D-09). */
function forGate(owned: OwnedAudience<'entra'> | undefined, tenantId: string): EntraConnectionRecord | undefined {
  return owned?.use === 'gate' && owned.record.tenantId === tenantId ? owned.record : undefined
}
