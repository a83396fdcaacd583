import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Finding, Severity, Status } from './finding.ts'

export interface FindingFilter {
  readonly severity?: Severity | undefined
  readonly status?: Status | undefined
  readonly repository?: string | undefined
  readonly package?: string | undefined
}

export interface Page {
  /** The id of the last finding of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface Counted {
  readonly name: string
  readonly count: number
}

/** Bound to one teamspace when it is made; nothing in it takes the name of a teamspace. */
export interface FindingsRepository {
  list(filter: FindingFilter, page: Page): Finding[]
  search(text: string, page: Page): Finding[]
  find(id: string): Finding | undefined
  count(): number
  countBy(column: 'severity' | 'status' | 'repository'): Counted[]
  acknowledge(id: string, by: string, at: string, note: string | null): Finding | undefined
  recordScan(by: string, at: string, repositories: number): void
}

/** `open` is asked on every call: a handle that was kept could have been closed in between. */
export function findingsRepository(open: () => DatabaseSync): FindingsRepository {
  const rows = (sql: string, values: Record<string, SQLInputValue>) => open().prepare(sql).all(values) as unknown[]
  const findings = (where: string, values: Record<string, SQLInputValue>, { after = '', limit }: Page) =>
    rows(`SELECT * FROM finding WHERE id > :after AND ${where} ORDER BY id LIMIT :limit`, {
      ...values,
      after,
      limit,
    }) as Finding[]

  return {
    list(filter, page) {
      const columns = (['severity', 'status', 'repository', 'package'] as const).filter((column) => filter[column])
      const where = columns.map((column) => `${column} = :${column}`).join(' AND ') || 'true'
      return findings(where, Object.fromEntries(columns.map((column) => [column, filter[column] as string])), page)
    },
    search: (text, page) =>
      // `instr` and not LIKE: what the caller typed is text, never a pattern.
      findings(
        `instr(lower(title || ' ' || description || ' ' || package || ' ' || repository), lower(:text)) > 0`,
        { text },
        page,
      ),
    find: (id) => open().prepare('SELECT * FROM finding WHERE id = :id').get({ id }) as Finding | undefined,
    count: () => (open().prepare('SELECT count(*) AS count FROM finding').get() as { count: number }).count,
    countBy: (column) =>
      rows(
        `SELECT ${column} AS name, count(*) AS count FROM finding GROUP BY ${column} ORDER BY count DESC, name`,
        {},
      ) as Counted[],
    acknowledge: (id, by, at, note) =>
      open()
        .prepare(
          `UPDATE finding SET status = 'acknowledged', acknowledgedBy = :by, acknowledgedAt = :at, note = :note
           WHERE id = :id RETURNING *`,
        )
        .get({ id, by, at, note }) as Finding | undefined,
    recordScan: (by, at, repositories) =>
      void open()
        .prepare('INSERT INTO scan (startedBy, startedAt, repositories) VALUES (:by, :at, :repositories)')
        .run({ by, at, repositories }),
  }
}
