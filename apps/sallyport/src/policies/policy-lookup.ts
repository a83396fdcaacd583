import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import { compileStoredPolicy } from './checked-policy.ts'
import type { CompiledPolicy } from './compile.ts'
import { policyRepository } from './policy-repository.ts'

export interface PolicyLookup {
  /**
   * What a teamspace decided about its callers; undefined when it decided nothing. Throws, or rejects, when that cannot
   * be known, also for a policy that cannot be read any more: then nobody may take it for "allowed".
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

export function createPolicyLookup(store: Store, now: () => number = Date.now): PolicyLookup {
  const policies = cachedLookup<Known>({
    changes: store.changes,
    kinds: ['policy', 'teamspace'],
    teamspaceOf: ({ teamspaceId }) => teamspaceId,
    now,
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
    find: (teamspaceId) =>
      whenReady(
        policies.get(teamspaceId, () => load(teamspaceId)),
        policyOf,
      ),
  }
}

function policyOf(known: Known | undefined): CompiledPolicy | undefined {
  if (known!.broken) throw known!.broken
  return known!.policy
}
