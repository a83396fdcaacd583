import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, request } from '../../api/client.ts'
import { useLeave } from '../../session/use-leave.ts'
import { notifyDone, notifyProblem } from '../../ui/notify.ts'

export interface ConsoleSession {
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  /** How it began: `password`, `link`, or the name of an identity provider. */
  readonly way: string
  readonly address: string | null
  readonly agent: string | null
  readonly isCurrent: boolean
}

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async ({ signal }) =>
    (await api.get<{ sessions: readonly ConsoleSession[] }>('/me/sessions', signal)).sessions,
})

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => api.delete(`/me/sessions/${id}`),
    onSuccess: async () => {
      notifyDone('That session has ended.')
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    },
    onError: notifyProblem,
  })
}

export function useSignOutEverywhere() {
  const leave = useLeave()
  return useMutation({
    mutationFn: () => request('/console/sign-out-everywhere', { method: 'POST' }),
    onSuccess: leave,
    onError: notifyProblem,
  })
}
