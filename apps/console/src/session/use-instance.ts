import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'

export interface Instance {
  readonly clouds: readonly string[]
  readonly mcpTokens: { readonly maxDays?: number }
}

/** What whoever runs this Sallyport has set. */
export const useInstance = () =>
  useQuery({
    queryKey: ['instance'],
    queryFn: ({ signal }) => api.get<Instance>('/instance', signal),
    staleTime: 600_000,
  })
