export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export const STATUSES = ['open', 'acknowledged', 'fixed'] as const

export type Severity = (typeof SEVERITIES)[number]
export type Status = (typeof STATUSES)[number]

/** One security finding. Ids start with SAMPLE, so that nobody mistakes one for a published advisory. */
export interface Finding {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly status: Status
  readonly repository: string
  readonly package: string
  readonly version: string
  readonly fixedIn: string
  readonly location: string
  readonly description: string
  readonly firstSeen: string
  readonly acknowledgedBy: string | null
  readonly acknowledgedAt: string | null
  readonly note: string | null
}
