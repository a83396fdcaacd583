import type { Store } from '../store/store.ts'

/** Ids in one statement; SQLite takes 32,766 parameters, and works on the event loop. */
const MAX_IDS = 500

/**
 * Writes when tokens were last used, to the second, and never moves it back: another replica may have seen a later use.
 * Nobody is waited for, so nobody waits for the disk.
 */
export async function writeTokenUses(store: Store, uses: ReadonlyMap<string, number>): Promise<void> {
  const bySecond = Map.groupBy(uses, ([, at]) => Math.floor(at / 1000) * 1000)
  await store.transaction(async ({ db }) => {
    for (const [at, group] of bySecond) {
      const ids = group.map(([id]) => id)
      for (let start = 0; start < ids.length; start += MAX_IDS) {
        await db
          .updateTable('mcp_token')
          .set({ last_used_at: at })
          .where('id', 'in', ids.slice(start, start + MAX_IDS))
          .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
          .execute()
      }
    }
  }, 'crash')
}
