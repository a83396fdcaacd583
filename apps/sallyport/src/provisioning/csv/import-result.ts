export const IMPORT_MODES = ['dry-run', 'all-or-nothing', 'each-row'] as const
export type ImportMode = (typeof IMPORT_MODES)[number]

export const OUTCOMES = [
  'added',
  'updated',
  'already',
  'duplicate',
  'withheld',
  'invalid',
  'conflict',
  'forbidden',
] as const

/**
 * What became of a row, or would, if it is only tried. `updated`: a member by another source, to which `csv` is added, or one who is
 * given a name.
 * `withheld`: nothing is wrong with it, but in the mode all-or-nothing something is with another.
 */
export type Outcome = (typeof OUTCOMES)[number]

export interface RowResult {
  readonly line: number
  readonly email: string
  readonly outcome: Outcome
  readonly problem?: string
}

export type Counts = Readonly<Record<Outcome, number>>

const FAILURES: ReadonlySet<Outcome> = new Set(['invalid', 'conflict', 'forbidden'])

/** Whether something is wrong with the row. */
export const isFailure = ({ outcome }: RowResult): boolean => FAILURES.has(outcome)

export const countOutcomes = (results: readonly RowResult[], before?: Counts): Counts => {
  const counts = { ...(before ?? (Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Counts)) }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}
