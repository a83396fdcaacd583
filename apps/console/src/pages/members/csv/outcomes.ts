import type { ImportSummary, Outcome } from './import-stream.ts'

interface Words {
  /** Before it was written, and after. */
  readonly tried: string
  readonly written: string
  readonly color: string
}

export const OUTCOME_WORDS: Readonly<Record<Outcome, Words>> = {
  added: { tried: 'to be added', written: 'added', color: 'teal' },
  updated: { tried: 'a member already, gets CSV as a source, too', written: 'now from CSV, too', color: 'teal' },
  already: { tried: 'there by CSV already', written: 'there by CSV before', color: 'gray' },
  duplicate: { tried: 'said twice', written: 'said twice', color: 'gray' },
  withheld: { tried: 'held back', written: 'held back', color: 'yellow' },
  invalid: { tried: 'unreadable', written: 'unreadable', color: 'red' },
  conflict: { tried: 'in conflict', written: 'in conflict', color: 'red' },
  forbidden: { tried: 'with a role that may not be given', written: 'with a role that may not be given', color: 'red' },
}

const FAILURES: readonly Outcome[] = ['invalid', 'conflict', 'forbidden']

export const isFailure = (outcome: Outcome): boolean => FAILURES.includes(outcome)

export const countFailures = ({ counts }: ImportSummary): number =>
  FAILURES.reduce((sum, outcome) => sum + counts[outcome], 0)

/** Rows that change something. */
export const countChanges = ({ counts }: ImportSummary): number => counts.added + counts.updated + counts.withheld
