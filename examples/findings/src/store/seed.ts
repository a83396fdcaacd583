import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { sampleInventory } from './sample/sample-inventory.ts'
import { SCHEMA } from './schema.ts'

/** `user_version` turns 1 in the transaction that seeds: a crash half-way leaves an empty file, not half the rows. */
export function seedOnce(database: DatabaseSync, teamspaceId: string): void {
  database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version === 0) seed(database, teamspaceId)
  database.exec('COMMIT')
}

function seed(database: DatabaseSync, teamspaceId: string) {
  database.exec(`${SCHEMA} PRAGMA user_version = 1`)
  const { repositories, packages, cves, affected, findings, dastResults } = sampleInventory(teamspaceId)
  insertAll(database, 'repository', repositories)
  insertAll(database, 'package', packages)
  insertAll(database, 'cve', cves)
  insertAll(database, 'affected', affected)
  insertAll(database, 'finding', findings)
  insertAll(database, 'dast_result', dastResults)
}

/** Columns are those of the first row: all rows here are literals of the samples. */
function insertAll(database: DatabaseSync, table: string, rows: readonly object[]) {
  const columns = Object.keys(rows[0] ?? {})
  const values = columns.map((column) => `:${column}`).join(', ')
  const insert = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`)
  for (const row of rows) insert.run({ ...row } as Record<string, SQLInputValue>)
}
