import type { ServerTally } from './server-tally.ts'
import type { Serving } from './serving.ts'

/** How a server behind is doing, as calls show it: nobody asks it for that. */
export interface ServerHealth {
  /** Calls that it has not answered to the end, streams included. */
  readonly openCalls: number
  readonly openStreams: number
  /** Faults, and answers with a status of 500 or more, in the last five minutes. */
  readonly recentErrors: number
  readonly lastAnswer?: { readonly status: number; readonly agoMs: number }
  readonly lastFault?: { readonly code: string; readonly agoMs: number }
}

export function healthOf(server: string, tally: ServerTally, servings: ReadonlySet<Serving>): ServerHealth {
  const now = performance.now()
  const { lastStatus, lastAnswerAt, lastFault } = tally
  let openCalls = 0
  for (const { pools } of servings) openCalls += pools.get(server)?.open ?? 0
  return {
    openCalls,
    openStreams: tally.openStreams,
    recentErrors: tally.errors.total(now),
    ...(lastStatus !== undefined && { lastAnswer: { status: lastStatus, agoMs: Math.round(now - lastAnswerAt) } }),
    ...(lastFault && { lastFault: { code: lastFault.code, agoMs: Math.round(now - lastFault.at) } }),
  }
}

export function countOpenStreams(tallies: Iterable<ServerTally>, teamspaceId: string | undefined): number {
  let open = 0
  for (const tally of tallies)
    open += teamspaceId === undefined ? tally.openStreams : (tally.streamsOf.get(teamspaceId) ?? 0)
  return open
}
