import { BoundedMap, createKubernetesVerifier, deny, VerificationFault } from '@sallyport/verifier'
import type { Denial, KubernetesConnection, KubernetesDoor, KubernetesVerifier } from '@sallyport/verifier'
import { ofKind } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { KubernetesConnectionRecord } from '../connections/connection.ts'
import type { KubernetesRules } from '../connections/kubernetes-record.ts'
import { findCluster } from '../kubernetes/find-cluster.ts'
import type { Awaitable } from '../store/when-ready.ts'
import { findDefaultTeamspace } from '../teamspaces/default-teamspace.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import { certain } from './certain.ts'

export interface KubernetesDoorParts {
  readonly connections: ConnectionLookup
  readonly teamspaces: TeamspaceLookup
  readonly clusters: Pick<KubernetesRules, 'clusters' | 'fetchFor'>
  /** Slug of the teamspace whose cluster is asked where the path names none. */
  readonly defaultTeamspace: string | undefined
  readonly now: () => number
  readonly clockToleranceSeconds: number
}

interface Kept {
  readonly updatedAt: number
  readonly verifier: KubernetesVerifier
}

/** Teamspaces whose verifiers are kept, with the tokens that they verified. */
const MAX_VERIFIERS = 1_000

/**
 * Which cluster is asked is told by the place that was called, never by the token (B-12): nobody can make one cluster see
 * what was meant for another.
 */
export function createKubernetesDoor(parts: KubernetesDoorParts): KubernetesDoor {
  const { connections, teamspaces, defaultTeamspace } = parts
  let verifiers = new BoundedMap<Kept>(MAX_VERIFIERS)

  /** The connection of the place; where the path names none, of the default teamspace. */
  function recordAt(place: string | undefined): Awaitable<KubernetesConnectionRecord | undefined> {
    if (place !== undefined) return recordIn(place)
    const teamspace = certain(findDefaultTeamspace(defaultTeamspace, teamspaces))
    return teamspace instanceof Promise ? teamspace.then((found) => recordIn(found?.id)) : recordIn(teamspace?.id)
  }

  function recordIn(teamspaceId: string | undefined): Awaitable<KubernetesConnectionRecord | undefined> {
    if (teamspaceId === undefined) return undefined
    const records = certain(connections.listOfTeamspace(teamspaceId))
    return records instanceof Promise
      ? records.then((loaded) => ofKind(loaded, 'kubernetes'))
      : ofKind(records, 'kubernetes')
  }

  function verifyBy(record: KubernetesConnectionRecord | undefined, accessToken: string) {
    if (!record) return notTaken()
    const kept = verifiers.get(record.id)
    if (kept?.updatedAt === record.updatedAt) return kept.verifier.verify(accessToken)
    return makeVerifier(record).then((verifier) => verifier.verify(accessToken))
  }

  async function makeVerifier(record: KubernetesConnectionRecord): Promise<KubernetesVerifier> {
    const current = verifiers
    const teamspace = await certain(teamspaces.findById(record.teamspaceId))
    const kept = current.get(record.id) // a call beside this one was faster
    if (kept?.updatedAt === record.updatedAt) return kept.verifier
    const { clusters, fetchFor } = parts.clusters
    const connection = toConnection(record, teamspace, clusters)
    const verifier = createKubernetesVerifier(connection, {
      fetch: fetchFor(connection.cluster, connection.issuer),
      now: parts.now,
      clockToleranceSeconds: parts.clockToleranceSeconds,
    })
    current.set(record.id, { updatedAt: record.updatedAt, verifier })
    return verifier
  }

  return {
    verify(accessToken, place) {
      const record = recordAt(place)
      return record instanceof Promise
        ? record.then((loaded) => verifyBy(loaded, accessToken))
        : verifyBy(record, accessToken)
    },
    ownerAt(audiences, place) {
      const ownerOf = (record: KubernetesConnectionRecord | undefined) =>
        record && audiences.includes(record.audience) ? record.teamspaceId : undefined
      const record = recordAt(place)
      return record instanceof Promise ? record.then(ownerOf) : ownerOf(record)
    },
    // Whatever is being made meanwhile goes into the map that was left behind.
    forget: () => void (verifiers = new BoundedMap(MAX_VERIFIERS)),
  }
}

/** Nothing was asked: there is no cluster that could know. */
const notTaken = (): Denial =>
  deny({ code: 'credential_kind_refused', presented: 'kubernetes', expected: 'no Kubernetes connection here' })

/** A connection to a cluster that operators took away proves nothing either way. */
function toConnection(
  record: KubernetesConnectionRecord,
  teamspace: Teamspace | undefined,
  clusters: KubernetesRules['clusters'],
): KubernetesConnection {
  const cluster = teamspace && findCluster(clusters, record.cluster, teamspace.slug)
  if (!cluster) {
    const where = `clusters.${record.cluster} of sallyport.yaml`
    throw new VerificationFault(
      'review_unavailable',
      `teamspace ${teamspace?.slug} has a connection to a cluster that it may not use, or that is not declared: see ${where}`,
    )
  }
  const { teamspaceId, audience, verify, issuer, requiredScope, acceptUsers } = record
  return { teamspaceId, cluster, audience, verify, requiredScope, acceptUsers, ...(issuer !== undefined && { issuer }) }
}
