import type { CallEvent } from '../audit/audit-event.ts'

/** What is measured of a call beside what its audit row says. */
export interface Measured {
  /** By `performance.now()`. */
  startedAt: number
  /** How much of the time the server behind took, once it was asked. */
  upstreamMs?: number | undefined
  /** Whether the credential for the server was made for this call, or found in a cache. */
  freshCredential?: boolean
}

export type EndedCall = Readonly<Measured> & CallEvent
