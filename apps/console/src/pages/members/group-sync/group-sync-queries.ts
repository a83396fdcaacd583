import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import type { Answer } from '../../../api/client.ts'
import type { Role } from '../../../api/roles.ts'

export interface GroupSyncSettings {
  readonly clientId: string
  readonly groupId: string
  readonly members: 'direct' | 'transitive'
  readonly revoke: boolean
  readonly schedule: boolean
  readonly role: 'developer' | 'admin'
  readonly skipDisabled: boolean
  readonly maxRemovalPercent: number
}

export interface SyncRun {
  readonly id: string
  readonly cause: 'schedule' | 'request' | 'confirmation'
  readonly actor: string
  readonly outcome: 'running' | 'succeeded' | 'failed' | 'held'
  readonly startedAt: number
  readonly endedAt: number | null
  /** People, of whom these are in the group and let in. */
  readonly members: number
  readonly added: number
  readonly revoked: number
  readonly kept: number
  readonly skipped: number
  readonly held: number
  readonly error: { readonly code: string; readonly says: string } | null
}

/** What the federated credential of the sync app must say, letter by letter. */
export interface FederatedCredential {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

export interface GroupSync {
  readonly credential: FederatedCredential
  /** Null while it is not set up. */
  readonly settings: GroupSyncSettings | null
  readonly nextRunAt: number | null
  readonly lastRun: SyncRun | null
  /** The run whose removals wait for somebody to confirm them. */
  readonly heldRunId: string | null
}

export interface SyncTest {
  readonly outcome: string
  readonly says: string
}

const groupSyncKey = (slug: string) => ['group-sync', slug] as const
const groupSyncPath = (slug: string) => `/teamspaces/${slug}/group-sync`

const WHILE_RUNNING_MS = 2_000

const isRunning = (sync: GroupSync | undefined): boolean => sync?.lastRun?.outcome === 'running'

/** With the tag that a change of the settings has to name. */
export const groupSyncQuery = (slug: string) =>
  queryOptions({
    queryKey: [...groupSyncKey(slug), 'settings'],
    queryFn: ({ signal }) => api.getTagged<GroupSync>(groupSyncPath(slug), signal),
    refetchInterval: ({ state }) => (isRunning(state.data?.body) ? WHILE_RUNNING_MS : 30_000),
  })

/** The newest first. Asked again whenever the last run is another, or has come to another end. */
export const syncRunsQuery = (slug: string, last: SyncRun | null) =>
  queryOptions({
    queryKey: [...groupSyncKey(slug), 'runs', last?.id ?? '', last?.outcome ?? ''],
    queryFn: async ({ signal }) =>
      (await api.get<{ runs: readonly SyncRun[] }>(`${groupSyncPath(slug)}/runs`, signal)).runs,
    placeholderData: (before) => before,
  })

export function useSaveGroupSync(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ settings, ifMatch }: { settings: GroupSyncSettings; ifMatch: string | undefined }) =>
      api.put<GroupSync>(groupSyncPath(slug), settings, ifMatch),
    onSuccess: (saved: Answer<GroupSync>) => client.setQueryData(groupSyncQuery(slug).queryKey, saved),
  })
}

export const useTestGroupSync = (slug: string) =>
  useMutation({
    mutationFn: ({ clientId, groupId, members }: GroupSyncSettings) =>
      api.post<SyncTest>(`${groupSyncPath(slug)}/test`, { clientId, groupId, members }),
  })

function useRunMutation<Input>(slug: string, mutationFn: (input: Input) => Promise<SyncRun>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    // Also when another one was quicker: then there is a run to be seen.
    onSettled: () => client.invalidateQueries({ queryKey: groupSyncKey(slug) }),
  })
}

export const useSyncNow = (slug: string) => useRunMutation(slug, () => api.post<SyncRun>(`${groupSyncPath(slug)}/runs`))

/** Somebody whom a held run would take out. */
export interface HeldPerson {
  readonly memberId: string
  readonly email: string
  readonly displayName: string | null
  readonly role: Role
  /** False for whoever is here by another source, too. */
  readonly losesAccess: boolean
}

interface HeldPage {
  readonly people: readonly HeldPerson[]
  readonly total: number
  readonly losing: number
  /** The name of the list, which is another one when the list is. */
  readonly list: string
  readonly next?: string
}

const HELD_PAGE = 50

/** Kept no longer than it is looked at: what is confirmed is what was read. Not asked again by what is done with the run. */
export const heldQuery = (slug: string, runId: string) =>
  infiniteQueryOptions({
    queryKey: ['held-run', slug, runId],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(HELD_PAGE) })
      if (pageParam !== '') query.set('after', pageParam)
      return api.get<HeldPage>(`${groupSyncPath(slug)}/runs/${runId}/held?${query}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
    gcTime: 0,
  })

export const useConfirmRun = (slug: string) =>
  useRunMutation(slug, ({ id, list }: { id: string; list: string }) =>
    api.post<SyncRun>(`${groupSyncPath(slug)}/runs/${id}/confirm`, { list }),
  )

export function useEndGroupSync(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (revoke: boolean) =>
      api.delete<{ revoked: number }>(`${groupSyncPath(slug)}?revoke=${revoke ? 'true' : 'false'}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: groupSyncKey(slug) })
      void client.invalidateQueries({ queryKey: ['members', slug] })
    },
  })
}
