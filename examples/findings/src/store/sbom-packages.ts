import type { SbomPackage, SbomPackageWithCves } from './sbom-package.ts'
import { countOf, selectPage, type OpenDatabase, type Page, type Table } from './select.ts'

export interface SbomPackageFilter {
  readonly repository?: string | undefined
  readonly ecosystem?: SbomPackage['ecosystem'] | undefined
  readonly relation?: SbomPackage['relation'] | undefined
  readonly license?: string | undefined
}

const TABLE: Table<SbomPackageFilter> = {
  name: 'package',
  key: 'id',
  and: '(SELECT json_group_array(cveId) FROM affected WHERE packageId = package.id) AS cves',
  filters: ['repository', 'ecosystem', 'relation', 'license'],
  searched: ['name', 'purl'],
}

type Row = SbomPackage & { readonly cves: string }

export function sbomPackagesOf(open: OpenDatabase) {
  return {
    list: (filter: SbomPackageFilter, text: string | undefined, page: Page): SbomPackageWithCves[] =>
      (selectPage(open, TABLE, { filter, text, page }) as Row[]).map((row) => ({ ...row, cves: JSON.parse(row.cves) })),
    count: () => countOf(open, TABLE.name),
  }
}
