import { z } from 'zod'
import { toGuid } from '../../connections/guid.ts'

/** Why a run, or a test, did not get what it wanted; `says` tells an admin what to do about it. */
export interface SyncFailure {
  readonly failed: SyncFailureCode
  readonly says: string
}

export type SyncFailureCode =
  | 'no_connection'
  | 'no_graph'
  | 'credential_not_found'
  | 'issuer_unreachable'
  | 'client_unknown'
  | 'tenant_unknown'
  | 'token_refused'
  | 'entra_unavailable'
  | 'permission_missing'
  | 'profiles_hidden'
  | 'group_not_found'
  | 'group_too_large'
  | 'throttled'
  | 'graph_unavailable'
  | 'turn_lost'
  | 'stopped'
  | 'took_too_long'
  | 'fault'

export const failure = (failed: SyncFailureCode, says: string): SyncFailure => ({ failed, says })

export const isFailure = <Outcome extends object>(outcome: Outcome | SyncFailure): outcome is SyncFailure =>
  'failed' in outcome

export const NO_CONNECTION = failure(
  'no_connection',
  'This teamspace has no Entra connection. Set one first: it says in which tenant the group is.',
)

export const ABANDONED = failure(
  'stopped',
  'The Sallyport that ran it ended before the run did. What it had written stays; the next run goes on.',
)

const guid = (says: string) =>
  z.string().transform((text, context) => {
    const id = toGuid(text)
    if (id !== undefined) return id
    context.addIssue({ code: 'custom', message: says })
    return z.NEVER
  })

export const MEMBERS = ['direct', 'transitive'] as const
export const SYNCED_ROLES = ['developer', 'admin'] as const

/** Which group is asked for, and as whom. */
export const syncedGroup = z.strictObject({
  clientId: guid('must be the GUID that Entra shows as Application (client) ID of the sync app'),
  groupId: guid('must be the GUID that Entra shows as Object ID of the group'),
  /** `transitive`: with the members of groups that are in the group. */
  members: z.enum(MEMBERS).default('direct'),
})

export type SyncedGroup = z.output<typeof syncedGroup>

export const groupSyncSettings = syncedGroup.extend({
  /** Who leaves the group loses access. */
  revoke: z.boolean().default(true),
  schedule: z.boolean().default(true),
  /** Of people whom a run adds; nobody's role is changed. Owners are made by people. */
  role: z.enum(SYNCED_ROLES).default('developer'),
  /** Disabled accounts count as if they were not in the group. */
  skipDisabled: z.boolean().default(true),
  /** A run that would take out more of the synced people than this waits for confirmation. */
  maxRemovalPercent: z.int().min(0).max(100).default(50),
})

export type GroupSyncSettings = z.output<typeof groupSyncSettings>

export const RUN_OUTCOMES = ['running', 'succeeded', 'failed', 'held'] as const
export const RUN_CAUSES = ['schedule', 'request', 'confirmation'] as const

/** What a run did, in people. */
export interface SyncCounts {
  /** In the group and let in, whether by this run or before. */
  readonly members: number
  /** Have come to be synced by this run. */
  readonly added: number
  /** Have lost access. */
  readonly revoked: number
  /** Left the group, but stay: by another source, or because nobody is to be revoked. */
  readonly kept: number
  /** In the group, but not let in: disabled, or removed here by hand or over SCIM. */
  readonly skipped: number
  /** Would lose access, and wait for confirmation. */
  readonly held: number
}

export const NO_COUNTS: SyncCounts = { members: 0, added: 0, revoked: 0, kept: 0, skipped: 0, held: 0 }

export interface SyncRun extends SyncCounts {
  readonly id: string
  readonly cause: (typeof RUN_CAUSES)[number]
  readonly actor: string
  readonly outcome: (typeof RUN_OUTCOMES)[number]
  readonly startedAt: number
  readonly endedAt: number | null
  readonly error: { readonly code: string; readonly says: string } | null
}
