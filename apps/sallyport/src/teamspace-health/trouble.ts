import type { ConnectionKind } from '../connections/connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import type { Tally } from '../statistics/minute-counts.ts'
import { sumTallies } from '../statistics/sum-tallies.ts'
import type { ConnectionState, TeamspaceState } from './teamspace-state.ts'

/** The worst first. `broken`: people are kept out; `warning`: they may be soon, or wrongly; `note`: nobody knows yet. */
export const SEVERITIES = ['broken', 'warning', 'note'] as const
export type Severity = (typeof SEVERITIES)[number]

export type Trouble =
  | {
      readonly code: 'connection_failed'
      readonly severity: 'broken'
      readonly kind: ConnectionKind
      readonly outcome: Exclude<ConnectionTest['outcome'], 'ok'>
    }
  | { readonly code: 'calls_failing'; readonly severity: 'broken'; readonly servers: readonly string[] }
  | { readonly code: 'calls_refused'; readonly severity: 'warning' }
  | { readonly code: 'group_sync_held' | 'group_sync_failed'; readonly severity: 'warning' }
  | { readonly code: 'scim_silent'; readonly severity: 'warning'; readonly since: number }
  | { readonly code: 'connection_untested'; readonly severity: 'note'; readonly kind: ConnectionKind }
  | { readonly code: 'connection_changed'; readonly severity: 'note'; readonly kind: ConnectionKind }

/** Identity providers come by every hour or when somebody changes; over a long weekend nobody may. */
const SILENT_MS = 4 * 24 * 3_600_000
/** Single calls fail, and people try what they may not. */
const FAILING = { share: 0.1, least: 5 }
const REFUSED = { share: 0.5, least: 20 }

/** What is wrong in a teamspace, or may be, the worst first. */
export function troublesOf(state: TeamspaceState, now: number): Trouble[] {
  const total = sumTallies(state.calls)
  const wasLetIn = total.calls > total.denied + total.faults
  const troubles = [
    ...callTroubles(state.calls, total),
    ...state.connections.flatMap((connection) => connectionTroubles(connection, wasLetIn)),
    ...syncTroubles(state, now),
  ]
  return troubles.sort((a, b) => rankOf(a) - rankOf(b))
}

export const rankOf = ({ severity }: Pick<Trouble, 'severity'>): number => SEVERITIES.indexOf(severity)

function callTroubles(calls: TeamspaceState['calls'], total: Tally): Trouble[] {
  const failing = calls.filter((each) => isMuch(each.faults, each, FAILING)).map(({ server }) => server)
  const isFailing = failing.length > 0 || isMuch(total.faults, total, FAILING)
  return [
    ...(isFailing ? [{ code: 'calls_failing', severity: 'broken', servers: failing.filter(Boolean) } as const] : []),
    ...(isMuch(total.denied, total, REFUSED) ? [{ code: 'calls_refused', severity: 'warning' } as const] : []),
  ]
}

const isMuch = (part: number, { calls }: Tally, { share, least }: typeof FAILING): boolean =>
  part >= least && part >= calls * share

/** A call that was let through has shown more than a test could, but what a test found wrong has to be looked at. */
function connectionTroubles({ kind, lastTest }: ConnectionState, wasLetIn: boolean): Trouble[] {
  if (lastTest && !lastTest.isStale && lastTest.outcome !== 'ok')
    return [{ code: 'connection_failed', severity: 'broken', kind, outcome: lastTest.outcome }]
  if (wasLetIn || lastTest?.isStale === false) return []
  return [{ code: lastTest ? 'connection_changed' : 'connection_untested', severity: 'note', kind }]
}

function syncTroubles({ groupSync, scimSeenAt }: TeamspaceState, now: number): Trouble[] {
  const troubles: Trouble[] = []
  if (groupSync?.isHeld) troubles.push({ code: 'group_sync_held', severity: 'warning' })
  else if (groupSync?.lastOutcome === 'failed') troubles.push({ code: 'group_sync_failed', severity: 'warning' })
  if (scimSeenAt !== undefined && now - scimSeenAt > SILENT_MS)
    troubles.push({ code: 'scim_silent', severity: 'warning', since: scimSeenAt })
  return troubles
}
