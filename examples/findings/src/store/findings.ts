import type { Finding } from './finding.ts'
import { countOf, selectPage, type OpenDatabase, type Page, type Table } from './select.ts'

export type FindingFilter = Partial<
  Pick<{ [Key in keyof Finding]: Finding[Key] | undefined }, 'kind' | 'severity' | 'status' | 'repository' | 'package'>
>

export interface Counted {
  readonly name: string
  readonly count: number
}

export interface Acknowledgement {
  readonly by: string
  readonly at: string
  readonly note: string | null
}

const TABLE: Table<FindingFilter> = {
  name: 'finding',
  key: 'id',
  filters: ['kind', 'severity', 'status', 'repository', 'package'],
  searched: ['title', 'description', 'package', 'repository', 'location', 'cve'],
}

export function findingsOf(open: OpenDatabase) {
  return {
    list: (filter: FindingFilter, page: Page) => selectPage(open, TABLE, { filter, page }) as Finding[],
    search: (text: string, page: Page) => selectPage(open, TABLE, { text, page }) as Finding[],
    find: (id: string) => open().prepare('SELECT * FROM finding WHERE id = :id').get({ id }) as Finding | undefined,
    count: () => countOf(open, TABLE.name),
    countBy: (column: 'severity' | 'status' | 'repository') =>
      open()
        .prepare(`SELECT ${column} AS name, count(*) AS count FROM finding GROUP BY name ORDER BY count DESC, name`)
        .all() as unknown as Counted[],
    /** What is fixed stays fixed. */
    acknowledge: (id: string, { by, at, note }: Acknowledgement) =>
      open()
        .prepare(
          `UPDATE finding SET status = 'acknowledged', acknowledgedBy = :by, acknowledgedAt = :at, note = :note
           WHERE id = :id AND status <> 'fixed' RETURNING *`,
        )
        .get({ id, by, at, note }) as Finding | undefined,
  }
}
