import type { CsvRow, PersonRow } from './csv-row.ts'
import type { RowResult } from './import-result.ts'

/** Results of the rows that repeat others: harmless when they say the same, a conflict of both when they do not. */
export function findRepeatedRows(rows: readonly CsvRow[]): ReadonlyMap<CsvRow, RowResult> {
  const results = new Map<CsvRow, RowResult>()
  const people = rows.filter((row): row is PersonRow => 'person' in row)
  for (const keyOf of [emailOf, identifierOf]) {
    for (const alike of Map.groupBy(people, keyOf).values()) judgeAlike(alike, results)
  }
  return results
}

/** A service account may have no e-mail; then it is alike to none. */
const emailOf = (row: PersonRow): unknown => row.person.email ?? row

function identifierOf({ person }: PersonRow): unknown {
  const { email: _, role: __, displayName: ___, ...identifier } = person
  return JSON.stringify(identifier)
}

/** Names are labels: of two that one person is given, the first counts. */
const meaningOf = ({ person: { displayName: _, ...person }, issuer }: PersonRow): string =>
  JSON.stringify([person, issuer])

function judgeAlike(alike: readonly PersonRow[], results: Map<CsvRow, RowResult>): void {
  const first = alike[0]!
  const meaning = meaningOf(first)
  const odd = alike.find((row) => meaningOf(row) !== meaning)
  for (const row of alike) {
    const { line, email } = row
    if (odd) {
      // All of them: which is right is not for the order of the rows to say.
      const other = meaningOf(row) === meaning ? odd : first
      const problem = `contradicts line ${other.line}: the same e-mail or identity, but not the same person, role or issuer`
      results.set(row, { line, email, outcome: 'conflict', problem })
    } else if (row !== first && !results.has(row)) {
      results.set(row, { line, email, outcome: 'duplicate', problem: `repeats line ${first.line}` })
    }
  }
}
