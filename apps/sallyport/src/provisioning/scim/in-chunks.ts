import { setImmediate } from 'node:timers/promises'

/** Rows in one statement: SQLite takes 32,766 parameters, and works on the event loop. */
const CHUNK = 500

export async function inChunks<Item>(items: readonly Item[], work: (chunk: Item[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += CHUNK) {
    if (start > 0) await setImmediate()
    await work(items.slice(start, start + CHUNK))
  }
}
