import { DatabaseSync } from 'node:sqlite'
import { BoundedMap } from '@sallyport/verifier'

const EVERY_MS = 60_000
const MAX_REMEMBERED = 10_000

/**
 * Writes when a token was used, at most once a minute for each, after the call that used it. A database that is locked or
 * gone costs the note and nothing else.
 */
export function createUseNotes(file: string, now: () => number) {
  // A connection of its own, which does not wait for a lock: waiting would stop the whole process.
  const database = new DatabaseSync(file, { timeout: 0 })
  database.exec('PRAGMA synchronous = NORMAL')
  const noted = new BoundedMap<number>(MAX_REMEMBERED)
  const pending = new Map<string, number>()
  let scheduled: NodeJS.Immediate | undefined

  function write() {
    scheduled = undefined
    for (const [id, at] of pending) {
      try {
        writeOne(database, id, new Date(at).toISOString())
      } catch {
        noted.delete(id) // the next use tries again
      }
    }
    pending.clear()
  }

  return {
    take(id: string) {
      const at = now()
      if (at - (noted.get(id) ?? -Infinity) < EVERY_MS) return
      noted.set(id, at)
      pending.set(id, at)
      scheduled ??= setImmediate(write)
    },
    close() {
      clearImmediate(scheduled)
      write()
      database.close()
    },
  }
}

/** Never backwards: another process may have noted a later use. */
function writeOne(database: DatabaseSync, id: string, at: string) {
  database
    .prepare('UPDATE mcp_tokens SET last_used_at = :at WHERE id = :id AND coalesce(last_used_at < :at, true)')
    .run({ id, at })
}
