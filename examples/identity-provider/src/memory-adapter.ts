type Payload = Record<string, unknown>

interface Kept {
  readonly payload: Payload
  readonly expiresAtMs: number
}

/** Anybody may register clients and begin to sign in, so the oldest goes when it is full. */
const MAX_KEPT = 10_000

/** Where oidc-provider keeps its sessions, grants and clients; its own adapter in memory warns on stderr. */
export function createMemoryAdapter() {
  const kept = new Map<string, Kept>()
  const live = (found: Kept | undefined) => (found && found.expiresAtMs > Date.now() ? found.payload : undefined)
  const findWhere = async (name: string, value: string) =>
    live([...kept.values()].find(({ payload }) => payload[name] === value))

  return (model: string) => {
    const keyOf = (id: string) => `${model}:${id}`
    return {
      async upsert(id: string, payload: Payload, expiresInSeconds = Infinity) {
        kept.set(keyOf(id), { payload, expiresAtMs: Date.now() + expiresInSeconds * 1000 })
        if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!)
      },
      find: async (id: string) => live(kept.get(keyOf(id))),
      findByUid: (uid: string) => findWhere('uid', uid),
      findByUserCode: (userCode: string) => findWhere('userCode', userCode),
      async consume(id: string) {
        Object.assign(kept.get(keyOf(id))?.payload ?? {}, { consumed: 1 })
      },
      destroy: async (id: string) => void kept.delete(keyOf(id)),
      async revokeByGrantId(grantId: string) {
        for (const [key, { payload }] of kept) if (payload['grantId'] === grantId) kept.delete(key)
      },
    }
  }
}

export type MemoryAdapter = ReturnType<typeof createMemoryAdapter>
