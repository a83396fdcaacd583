import type { Tally } from './minute-counts.ts'

export function sumTallies(tallies: readonly Readonly<Tally>[]): Tally {
  const total = { calls: 0, denied: 0, faults: 0 }
  for (const { calls, denied, faults } of tallies) {
    total.calls += calls
    total.denied += denied
    total.faults += faults
  }
  return total
}
