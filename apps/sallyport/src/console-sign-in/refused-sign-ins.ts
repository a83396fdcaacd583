import { insertAdminEvents } from '../audit/audit-repository.ts'
import type { Store } from '../store/store.ts'

export interface RefusedSignIn {
  readonly reason: string
  readonly way: string
  /** As it was typed, or as the identity provider said. Nobody proved it. */
  readonly email?: string | undefined
  readonly address?: string | undefined
  readonly issuer?: string | undefined
  readonly subject?: string | undefined
}

export interface RefusedSignIns {
  record(refused: RefusedSignIn): Promise<void>
}

const MINUTE_MS = 60_000
/** Strangers can be refused as often as they like, but may not fill the disk with it. */
const MAX_PER_MINUTE = 60

/** Writes to the audit trail, so many a minute; the next row says how many were left out. */
export function createRefusedSignIns({ store, now }: { store: Store; now: () => number }): RefusedSignIns {
  let minute = 0
  let written = 0
  let leftOut = 0
  return {
    async record(refused) {
      const at = now()
      const current = Math.floor(at / MINUTE_MS)
      if (current !== minute) [minute, written] = [current, 0]
      if (written >= MAX_PER_MINUTE) return void (leftOut += 1)
      written += 1
      const after = { ...refused, ...(leftOut > 0 && { leftOut }) }
      leftOut = 0
      await store.transaction((tx) =>
        insertAdminEvents(store, tx, [{ at, actor: 'anonymous', action: 'console.sign_in_refused', after }]),
      )
    },
  }
}
