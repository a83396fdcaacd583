import { setImmediate } from 'node:timers/promises'
import { ROWS_AT_ONCE } from './csv-bounds.ts'

/** A few hundred at a time, with a turn of the event loop for everybody else between two of them. */
export async function* inChunks<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
  for (let start = 0; start < items.length; start += ROWS_AT_ONCE) {
    if (start > 0) await setImmediate()
    yield items.slice(start, start + ROWS_AT_ONCE)
  }
}
