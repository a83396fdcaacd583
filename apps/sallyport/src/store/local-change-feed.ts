import type { Change, ChangeFeed } from './change-feed.ts'
import type { Log } from './engine.ts'

export interface LocalChangeFeed extends ChangeFeed {
  deliver(change: Change): void
}

/** The listeners of this process. */
export function createLocalChangeFeed(log: Log): LocalChangeFeed {
  const listeners = new Set<{ readonly hear: (change: Change) => void }>()
  return {
    subscribe(hear) {
      const listener = { hear }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    deliver(change) {
      for (const listener of [...listeners]) {
        try {
          listener.hear(change)
        } catch (error) {
          log('A listener of the change feed failed.', { error: String(error) }) // the change is committed all the same
        }
      }
    },
  }
}
