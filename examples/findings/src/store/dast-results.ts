import type { DastResult } from './dast-result.ts'
import { countOf, selectPage, type OpenDatabase, type Page, type Table } from './select.ts'

export type DastFilter = Partial<
  Pick<{ [Key in keyof DastResult]: DastResult[Key] | undefined }, 'severity' | 'status' | 'repository'>
>

const TABLE: Table<DastFilter> = { name: 'dast_result', key: 'id', filters: ['severity', 'status', 'repository'] }

export function dastResultsOf(open: OpenDatabase) {
  return {
    list: (filter: DastFilter, page: Page) => selectPage(open, TABLE, { filter, page }) as DastResult[],
    count: () => countOf(open, TABLE.name),
  }
}
