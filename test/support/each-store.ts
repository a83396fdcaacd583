import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openStore, type Store, type StoreOptions } from '../../apps/sallyport/src/store/store.ts'
import { freshDatabase } from './postgres.ts'
import { TEST_SEALING_KEY } from './sealing-key.ts'

export { TEST_SEALING_KEY }

export type StoreTest = (t: TestContext, open: OpenStore) => Promise<void> | void

/** Opens the test's own database: empty at first, and the same one each time within a test. Closed for you. */
export type OpenStore = (options?: Partial<StoreOptions>) => Promise<Store>

/** One promise, two engines: registers the test for SQLite and for Postgres. */
export function forEachStore(title: string, run: StoreTest): void {
  test(`${title} (SQLite)`, (t) => withDatabase(t, run, freshFile))
  test(`${title} (Postgres)`, (t) => withDatabase(t, run, freshDatabase))
}

async function withDatabase(t: TestContext, run: StoreTest, fresh: typeof freshDatabase): Promise<void> {
  const { url, drop } = await fresh()
  const opened: Store[] = []
  try {
    await run(t, async (options) => {
      const store = await openStore({ url, sealingKey: TEST_SEALING_KEY, ...options })
      opened.push(store)
      return store
    })
  } finally {
    await Promise.allSettled(opened.map((store) => store.close()))
    await drop()
  }
}

/** A SQLite file in a folder of its own. */
export async function freshFile(): Promise<{ url: string; path: string; drop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
  const path = join(folder, 'sallyport.db')
  return { url: `sqlite:${path}`, path, drop: () => rm(folder, { recursive: true, force: true }) }
}
