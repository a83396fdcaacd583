import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { databaseFileFor } from './database-file.ts'
import { sampleFindings } from './seed.ts'

const SCHEMA = `
  CREATE TABLE finding (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL, repository TEXT NOT NULL,
    package TEXT NOT NULL, version TEXT NOT NULL, fixedIn TEXT NOT NULL, location TEXT NOT NULL,
    description TEXT NOT NULL, firstSeen TEXT NOT NULL, acknowledgedBy TEXT, acknowledgedAt TEXT, note TEXT
  ) STRICT;
  CREATE TABLE scan (id INTEGER PRIMARY KEY, startedBy TEXT NOT NULL, startedAt TEXT NOT NULL, repositories INTEGER NOT NULL) STRICT;
`

export interface Databases {
  /** The open database of one teamspace. Use it at once: it may be closed to make room for another. */
  open(teamspaceId: string): DatabaseSync
  close(): void
}

/** One database file a teamspace, created and seeded when it is first opened; at most `maxOpen` handles at a time. */
export function createDatabases(dataDir: string, maxOpen = 32): Databases {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // A Map keeps insertion order, so its first entry is the handle that was used least recently.
  const handles = new Map<string, DatabaseSync>()

  return {
    open(teamspaceId) {
      const database = handles.get(teamspaceId) ?? openSeeded(databaseFileFor(dataDir, teamspaceId), teamspaceId)
      handles.delete(teamspaceId)
      handles.set(teamspaceId, database)
      if (handles.size > maxOpen) closeOldest(handles)
      return database
    },
    close() {
      while (handles.size > 0) closeOldest(handles)
    },
  }
}

function closeOldest(handles: Map<string, DatabaseSync>) {
  for (const [teamspaceId, database] of handles) {
    handles.delete(teamspaceId)
    return database.close()
  }
}

function openSeeded(file: string, teamspaceId: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    seedOnce(database, teamspaceId)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function seedOnce(database: DatabaseSync, teamspaceId: string) {
  database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE')
  // `user_version` turns 1 in the transaction that seeds, so a crash half-way leaves an empty file, not half the findings.
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version === 0) seed(database, teamspaceId)
  database.exec('COMMIT')
}

function seed(database: DatabaseSync, teamspaceId: string) {
  database.exec(`${SCHEMA} PRAGMA user_version = 1`)
  const insert = database.prepare(`INSERT INTO finding VALUES
    (:id, :title, :severity, :status, :repository, :package, :version, :fixedIn, :location, :description, :firstSeen,
     :acknowledgedBy, :acknowledgedAt, :note)`)
  for (const finding of sampleFindings(teamspaceId)) insert.run({ ...finding })
}
