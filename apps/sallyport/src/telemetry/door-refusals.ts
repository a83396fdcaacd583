/** Doors beside the gate: the OAuth surface, and the admin listener with SCIM. */
export const DOORS = ['oauth', 'admin'] as const

export type Door = (typeof DOORS)[number]

/** How often a door refused. The gate's own refusals are in the counts of calls. */
export interface DoorRefusals {
  /** Requests that counted against their address. */
  attempt_refused: number
  rate_limited: number
  too_many_open_calls: number
  /** For want of memory for more bodies. */
  busy: number
}

export const noRefusals = (): DoorRefusals => ({ attempt_refused: 0, rate_limited: 0, too_many_open_calls: 0, busy: 0 })
