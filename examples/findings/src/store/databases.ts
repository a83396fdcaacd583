import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { currentPrincipal, databaseNameFor } from '@sallyport/verifier'
import { seedOnce } from './seed.ts'

/** What every database of this server begins with. */
export const DATABASE_PREFIX = 'findings'

export interface Databases {
  /**
   * The database of the teamspace that this call runs for; outside a call it throws. No other can be asked for.
   * Use it at once: it may be closed to make room for another.
   */
  current(): DatabaseSync
  close(): void
}

/** One database file a teamspace, created and seeded when it is first opened; at most `maxOpen` handles at a time. */
export function createDatabases(dataDir: string, maxOpen = 32): Databases {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  // A Map keeps insertion order, so its first entry is the handle that was used least recently.
  const handles = new Map<string, DatabaseSync>()

  return {
    current() {
      const { teamspaceId } = currentPrincipal()
      const name = databaseNameFor(DATABASE_PREFIX, teamspaceId)
      const database = handles.get(name) ?? openSeeded(join(dataDir, `${name}.db`), teamspaceId)
      handles.delete(name)
      handles.set(name, database)
      if (handles.size > maxOpen) closeOldest(handles)
      return database
    },
    close() {
      while (handles.size > 0) closeOldest(handles)
    },
  }
}

function closeOldest(handles: Map<string, DatabaseSync>) {
  for (const [name, database] of handles) {
    handles.delete(name)
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
