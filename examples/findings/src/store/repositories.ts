import type { RepositoryOverview } from './repository.ts'
import { countOf, selectPage, type OpenDatabase, type Page, type Table } from './select.ts'

export interface RepositoryFilter {
  readonly language?: string | undefined
  readonly visibility?: RepositoryOverview['visibility'] | undefined
}

const TABLE: Table<RepositoryFilter> = {
  name: 'repository',
  key: 'name',
  and: `(SELECT count(*) FROM package WHERE package.repository = repository.name) AS packages,
    (SELECT count(*) FROM finding WHERE finding.repository = repository.name AND status = 'open') AS openFindings`,
  filters: ['language', 'visibility'],
}

export function repositoriesOf(open: OpenDatabase) {
  return {
    list: (filter: RepositoryFilter, page: Page) => selectPage(open, TABLE, { filter, page }) as RepositoryOverview[],
    names: () => {
      const rows = open().prepare('SELECT name FROM repository ORDER BY name').all() as { name: string }[]
      return rows.map(({ name }) => name)
    },
    count: () => countOf(open, TABLE.name),
    recordScan(by: string, at: string, repositories: readonly string[]) {
      const database = open()
      database
        .prepare('INSERT INTO scan (startedBy, startedAt, repositories) VALUES (:by, :at, :repositories)')
        .run({ by, at, repositories: repositories.length })
      const scanned = database.prepare('UPDATE repository SET lastScannedAt = :at WHERE name = :name')
      for (const name of repositories) scanned.run({ at, name })
    },
  }
}
