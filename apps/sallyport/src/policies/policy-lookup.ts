import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { compileStoredPolicy } from './checked-policy.ts'
import type { CompiledPolicy, PolicySource } from './compile.ts'
import { policyRepository } from './policy-repository.ts'

export interface PolicyLookup extends PolicySource {
  /**
   * What a teamspace decided about its callers; undefined when it decided nothing. Rejects when that cannot be known,
   * also for a policy that cannot be read any more: then nobody may take it for "allowed".
   */
  find(teamspaceId: string): Awaitable<CompiledPolicy | undefined>
}

/** Never absent, so that teamspaces without a policy are remembered as well as those with one. */
interface Known {
  readonly teamspaceId: string
  readonly policy: CompiledPolicy | undefined
  /** Remembered like a policy: asking the database again on each call would not mend it. */
  readonly broken: Error | undefined
}

export function createPolicyLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): PolicyLookup {
  const policies = cachedLookup<Known>({
    changes: store.changes,
    kinds: ['policy', 'teamspace'],
    teamspaceOf: ({ teamspaceId }) => teamspaceId,
    now,
    uses,
  })
  const load = async (teamspaceId: string): Promise<Known> => {
    const stored = await policyRepository(store.db, teamspaceId).find()
    try {
      return { teamspaceId, policy: stored && compileStoredPolicy(stored.document), broken: undefined }
    } catch (error) {
      return { teamspaceId, policy: undefined, broken: error as Error }
    }
  }
  return {
    find(teamspaceId) {
      const known = policies.get(teamspaceId, () => load(teamspaceId))
      return known instanceof Promise || known!.broken ? settle(known) : known!.policy
    },
  }
}

async function settle(found: Awaitable<Known | undefined>): Promise<CompiledPolicy | undefined> {
  const { broken, policy } = (await found)!
  if (broken) throw broken
  return policy
}
