import { queryOptions, useQuery } from '@tanstack/react-query'
import { ProblemError, request } from '../api/client.ts'
import { SESSION_KEY } from '../api/query-client.ts'
import type { Role } from '../api/roles.ts'

export interface Membership {
  readonly slug: string
  readonly name: string
  readonly role: Role
}

/** Who is signed in. */
export interface SignedIn {
  readonly name: string
  readonly isOperator: boolean
  readonly memberships: readonly Membership[]
}

export interface SessionView {
  readonly signedIn: SignedIn | null
  /** How one can sign in here. */
  readonly ways: {
    /** Nobody runs this Sallyport yet: the link that was printed at its start makes the first account. */
    readonly bootstrap: boolean
    readonly password: boolean
    readonly providers: readonly { readonly name: string; readonly domains?: readonly string[] }[]
  }
}

export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: async ({ signal }) => (await request<SessionView>('/console/session', { signal })).body,
  staleTime: 60_000,
  refetchOnWindowFocus: true,
  retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.status === 0,
})

/** Of pages that are only shown to who is signed in. */
export function useSignedIn(): SignedIn {
  const { data } = useQuery(sessionQuery)
  if (!data?.signedIn) throw new Error('a page for signed-in people was shown to somebody else')
  return data.signedIn
}
