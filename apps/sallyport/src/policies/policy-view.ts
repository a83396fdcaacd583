import type { StoredPolicy } from './policy-repository.ts'
import { DEFAULT_POLICY } from './policy.ts'

/** A policy as the API shows it. Version 0: none was ever saved, and the default holds. */
export interface PolicyView {
  /** As it was saved, even when it cannot be read any more. */
  readonly policy: unknown
  readonly version: number
  readonly updated_at: string | null
  readonly updated_by: string | null
  readonly warnings?: readonly string[]
}

export function toPolicyView(stored: StoredPolicy | undefined, warnings: readonly string[] = []): PolicyView {
  return {
    policy: stored?.document ?? DEFAULT_POLICY,
    version: stored?.version ?? 0,
    updated_at: stored ? new Date(stored.updatedAt).toISOString() : null,
    updated_by: stored?.updatedBy ?? null,
    ...(warnings.length > 0 && { warnings }),
  }
}
