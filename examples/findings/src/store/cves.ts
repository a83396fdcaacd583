import type { Cve, CveWithRepositories } from './cve.ts'
import { countOf, selectPage, type OpenDatabase, type Page, type Table } from './select.ts'

export interface CveFilter {
  readonly id?: string | undefined
  readonly severity?: Cve['severity'] | undefined
  readonly ecosystem?: Cve['ecosystem'] | undefined
  readonly package?: string | undefined
}

const TABLE: Table<CveFilter> = {
  name: 'cve',
  key: 'id',
  and: `(SELECT json_group_array(DISTINCT repository) FROM affected JOIN package ON package.id = packageId
    WHERE cveId = cve.id) AS repositories`,
  filters: ['id', 'severity', 'ecosystem', 'package'],
}

type Row = Cve & { readonly repositories: string }

export function cvesOf(open: OpenDatabase) {
  const list = (filter: CveFilter, page: Page): CveWithRepositories[] =>
    (selectPage(open, TABLE, { filter, page }) as Row[]).map((row) => ({
      ...row,
      repositories: JSON.parse(row.repositories),
    }))
  return {
    list,
    find: (id: string): CveWithRepositories | undefined => list({ id }, { limit: 1 })[0],
    count: () => countOf(open, TABLE.name),
  }
}
