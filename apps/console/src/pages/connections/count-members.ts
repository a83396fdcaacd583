import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { ConnectionKind } from './connection.ts'

interface Page {
  readonly members: readonly { readonly issuer: string }[]
  readonly next?: string
}

/** How issuers of the identities of each kind begin. */
const ISSUERS: Readonly<Record<ConnectionKind, RegExp>> = {
  entra: /^entra:/,
  oidc: /^https?:/,
  kubernetes: /^kubernetes:/,
}

const MAX_PAGES = 5

export interface MemberCount {
  readonly count: number
  /** There are more than were counted. */
  readonly isMore: boolean
}

async function countMembers(slug: string, kind: ConnectionKind, signal: AbortSignal): Promise<MemberCount> {
  let count = 0
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const after = next === undefined ? '' : `&after=${encodeURIComponent(next)}`
    const answer = await api.get<Page>(`/teamspaces/${slug}/members?limit=1000${after}`, signal)
    count += answer.members.filter(({ issuer }) => ISSUERS[kind].test(issuer)).length
    next = answer.next
    if (next === undefined) return { count, isMore: false }
  }
  return { count, isMore: true }
}

/** Members whom a connection of this kind vouches for: those who go when it goes. */
export const useMemberCount = (slug: string, kind: ConnectionKind, isWanted: boolean) =>
  useQuery({
    queryKey: ['teamspace', slug, 'member-count', kind],
    queryFn: ({ signal }) => countMembers(slug, kind, signal),
    enabled: isWanted,
    staleTime: 0,
  })

export const peopleText = ({ count, isMore }: MemberCount): string =>
  `${isMore ? 'more than ' : ''}${count.toLocaleString('en')} ${count === 1 && !isMore ? 'member' : 'members'}`
