import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

/** Whether a teamspace has anybody who could call. */
export const useHasMember = (slug: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['teamspace', slug, 'has-member'],
    queryFn: async ({ signal }) =>
      (await api.get<{ members: readonly unknown[] }>(`/teamspaces/${slug}/members?limit=1`, signal)).members.length >
      0,
    enabled: isWanted,
  })

interface Calls {
  readonly totals: { readonly calls: number; readonly denied: number; readonly faults: number }
}

/** Calls of the last month; asked for again while the page waits for the first one. */
export const useCalls = (slug: string) =>
  useQuery({
    queryKey: ['teamspace', slug, 'calls-of-month'],
    queryFn: async ({ signal }) => {
      const { totals } = await api.get<Calls>(`/teamspaces/${slug}/overview?range=30d`, signal)
      return { all: totals.calls, allowed: totals.calls - totals.denied - totals.faults }
    },
    refetchInterval: ({ state }) => (state.data?.allowed === 0 ? 5_000 : false),
    retry: false,
  })

/** What the federated credential of the sync app has to say, letter by letter. */
export interface FederatedCredential {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

export const useFederatedCredential = (slug: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['teamspace', slug, 'federated-credential'],
    queryFn: async ({ signal }) =>
      (await api.get<{ credential: FederatedCredential }>(`/teamspaces/${slug}/group-sync`, signal)).credential,
    enabled: isWanted,
    retry: false,
  })
