import { BoundedMap } from '@sallyport/verifier'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import { findCloud } from '../connections/find-cloud.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { GroupAnswer } from './group-answer.ts'
import { createGraphClient } from './graph-client.ts'
import type { GraphClient } from './graph-client.ts'
import type { PrincipalKind } from './graph-fault.ts'
import type { GraphOptions } from './graph-token.ts'

const MAX_PRINCIPALS = 10_000
/** Of all answers together: few are in thousands of groups. */
const MAX_IDS = 500_000
const MAX_CONNECTIONS = 10_000
/** Whom the directory does not know, it may know soon. */
const UNKNOWN_SECONDS = 30

export interface GraphGroupsOptions extends GraphOptions {
  /** How long an answer counts: the longest that a removal from a group can go unnoticed here. */
  readonly ttlSeconds: number
}

/** What Microsoft Graph says of callers, remembered for a while. Equal questions at once are asked once. */
export interface GraphGroups {
  groupsOf(connection: EntraConnectionRecord, kind: PrincipalKind, objectId: string): Awaitable<GroupAnswer>
  /** Drops what is known by way of a teamspace's connection, or of all. */
  forget(teamspaceId?: string): void
}

interface Entry {
  readonly answer: GroupAnswer
  readonly expiresAt: number
}

const weigh = ({ answer }: Entry): number => (answer === 'unknown' ? 1 : 1 + answer.size)

export function createGraphGroups(options: GraphGroupsOptions): GraphGroups {
  const { clouds, now, ttlSeconds } = options
  const entries = new BoundedMap<Entry>(MAX_PRINCIPALS, MAX_IDS, weigh)
  const clients = new BoundedMap<GraphClient>(MAX_CONNECTIONS)
  const flights = new Map<string, Promise<GroupAnswer>>()
  const generations = createGenerations()

  function clientOf(key: string, connection: EntraConnectionRecord, graph: string): GraphClient {
    const known = clients.get(key)
    if (known) return known
    const made = createGraphClient(connection, graph, options)
    clients.set(key, made)
    return made
  }

  async function ask(key: string, question: () => Promise<GroupAnswer>): Promise<GroupAnswer> {
    const askedAt = now()
    try {
      const answer = await question()
      const seconds = answer === 'unknown' ? Math.min(ttlSeconds, UNKNOWN_SECONDS) : ttlSeconds
      if (seconds > 0) entries.set(key, { answer, expiresAt: askedAt + seconds * 1000 })
      return answer
    } finally {
      flights.delete(key)
    }
  }

  return {
    groupsOf(connection, kind, objectId) {
      const graph = findCloud(clouds, connection.cloud)?.graph?.replace(/\/$/, '')
      if (graph === undefined || !connection.onBehalfOf) return 'unknown'
      // What was found out by way of one connection says nothing to another, whose client may see less.
      const { id, teamspaceId, updatedAt } = connection
      const clientKey = `${id}\n${updatedAt}\n${generations.of(teamspaceId)}`
      const key = `${clientKey}\n${kind}\n${objectId}`
      const known = entries.get(key)
      if (known && now() < known.expiresAt) return known.answer
      const flight = flights.get(key)
      if (flight) return flight
      const started = ask(key, () => clientOf(clientKey, connection, graph).groupsOf(kind, objectId))
      flights.set(key, started)
      return started
    },
    forget: generations.next,
  }
}

/** A number for each teamspace that is new after each change, so that nothing known under the old one is found again. */
function createGenerations() {
  const ofTeamspace = new Map<string, number>()
  let newest = 0
  let ofAll = 0
  return {
    of: (teamspaceId: string): number => Math.max(ofTeamspace.get(teamspaceId) ?? 0, ofAll),
    next(teamspaceId?: string): void {
      newest++
      if (teamspaceId !== undefined && ofTeamspace.size < MAX_CONNECTIONS) {
        ofTeamspace.set(teamspaceId, newest)
        return
      }
      ofTeamspace.clear()
      ofAll = newest
    },
  }
}
