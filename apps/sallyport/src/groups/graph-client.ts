import type { EntraConnectionRecord } from '../connections/connection.ts'
import type { GateFault } from '../outcome/fault.ts'
import type { GroupAnswer } from './group-answer.ts'
import { failureOf, heldFault, outage } from './graph-fault.ts'
import type { GraphFailure, PrincipalKind } from './graph-fault.ts'
import { listGroups } from './graph-list.ts'
import { createGraphToken } from './graph-token.ts'
import type { GraphOptions } from './graph-token.ts'
import { createTurns } from './turns.ts'

const DEADLINE_MS = 15_000
const AT_ONCE = 64
const MAY_WAIT = 1_000

/** Asks Microsoft Graph as the gateway client of one connection. What cannot be found out is thrown: `groups_unavailable`. */
export interface GraphClient {
  groupsOf(kind: PrincipalKind, objectId: string): Promise<GroupAnswer>
}

interface Question {
  readonly kind: PrincipalKind
  readonly objectId: string
  readonly deadline: AbortSignal
}

export function createGraphClient(
  connection: EntraConnectionRecord,
  graph: string,
  options: GraphOptions,
): GraphClient {
  const { fetch, now } = options
  const token = createGraphToken(connection, graph, options)
  const turns = createTurns(AT_ONCE, MAY_WAIT)
  const held = new Map<PrincipalKind, { readonly failure: GraphFailure; readonly until: number }>()

  /** An outage is not made worse by asking on behalf of everybody who calls meanwhile. */
  function findHeld(kind: PrincipalKind): GateFault | undefined {
    const hold = held.get(kind)
    return hold && now() < hold.until ? heldFault(hold.failure, hold.until - now()) : undefined
  }

  async function ask({ kind, objectId, deadline }: Question, triesLeft = 1): Promise<GroupAnswer | GraphFailure> {
    const current = await token.get()
    if ('fault' in current) return current
    const { accessToken } = current
    const listed = await listGroups({ graph, kind, objectId }, { fetch, accessToken, deadline })
    if ('answer' in listed) return listed.answer
    if ('fault' in listed) return listed
    // A permission that was granted meanwhile is in the next token only.
    token.forget(current)
    return triesLeft > 0 ? ask({ kind, objectId, deadline }, triesLeft - 1) : failureOf(listed.refused, kind)
  }

  async function askUnlessHeld(kind: PrincipalKind, objectId: string): Promise<GroupAnswer> {
    const before = findHeld(kind)
    if (before) throw before
    const answer = await ask({ kind, objectId, deadline: AbortSignal.timeout(DEADLINE_MS) })
    if (typeof answer === 'string' || !('fault' in answer)) return answer
    held.set(kind, { failure: answer, until: now() + answer.holdSeconds * 1000 })
    throw answer.fault
  }

  return {
    async groupsOf(kind, objectId) {
      const answer = turns.take(() => askUnlessHeld(kind, objectId))
      if (!answer) throw outage('Too many callers wait for Microsoft Graph.').fault
      return answer
    },
  }
}
