import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ProblemError } from './client.ts'

export const SESSION_KEY = ['session'] as const

/** A session that has ended is found out by whichever request comes next. */
function onError(error: unknown): void {
  if (error instanceof ProblemError && error.status === 401)
    void queryClient.invalidateQueries({ queryKey: SESSION_KEY })
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Whatever was refused would be refused again; only what never arrived is worth a second try.
      retry: (failures, error) => failures < 1 && error instanceof ProblemError && error.status === 0,
    },
  },
})
