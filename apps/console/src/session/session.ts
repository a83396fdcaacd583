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
  /** When they have to sign in again, unless they do something before. */
  readonly endsAt: number
  /** And whatever they do. */
  readonly lastsUntil: number
}

export interface SessionView {
  readonly signedIn: SignedIn | null
  /** How one can sign in here. */
  readonly ways: {
    /** Nobody runs this Sallyport yet: the link that was printed at its start makes the first account. */
    readonly bootstrap: boolean
    /** Somebody runs this Sallyport, by a password. */
    readonly password: boolean
    /** Those that can be chosen without an e-mail. */
    readonly providers: readonly { readonly name: string }[]
  }
}

/** As the server says it. */
interface SessionAnswer {
  readonly signedIn: {
    readonly account: { readonly email: string; readonly isOperator: boolean }
    readonly teamspaces: readonly Membership[]
    readonly session: { readonly endsAt: number; readonly lastsUntil: number }
  } | null
  readonly ways: { readonly password: boolean; readonly identityProviders: readonly { readonly name: string }[] }
  readonly needsBootstrap: boolean
}

const toView = ({ signedIn, ways, needsBootstrap }: SessionAnswer): SessionView => ({
  signedIn: signedIn && {
    name: signedIn.account.email,
    isOperator: signedIn.account.isOperator,
    memberships: signedIn.teamspaces,
    endsAt: signedIn.session.endsAt,
    lastsUntil: signedIn.session.lastsUntil,
  },
  ways: { bootstrap: needsBootstrap, password: ways.password, providers: ways.identityProviders },
})

export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: async ({ signal }) => toView((await request<SessionAnswer>('/console/session', { signal })).body),
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
