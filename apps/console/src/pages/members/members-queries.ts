import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Role } from '../../api/roles.ts'

export type Source = 'manual' | 'csv' | 'scim' | 'group_sync' | 'jit'

export interface Member {
  readonly id: string
  readonly email: string
  /** What they are called, where anybody said. */
  readonly displayName: string | null
  readonly role: Role
  /** `entra:CLOUD:TENANT`, `kubernetes:CLUSTER`, or an issuer's own address. */
  readonly issuer: string
  readonly subject: string
  readonly sources: readonly Source[]
  readonly createdAt: number
}

interface MemberPage {
  readonly members: readonly Member[]
  readonly next?: string
}

export type ConnectionKind = 'entra' | 'oidc' | 'kubernetes'

export interface NewMember {
  readonly email?: string
  readonly displayName?: string
  readonly role: Role
  readonly objectId?: string
  readonly subject?: string
  readonly serviceAccount?: string
}

const PAGE = 50

const membersKey = (slug: string) => ['members', slug] as const
const membersPath = (slug: string) => `/teamspaces/${slug}/members`

export const membersQuery = (slug: string, search: string) =>
  infiniteQueryOptions({
    queryKey: [...membersKey(slug), 'list', search],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE) })
      if (search !== '') query.set('query', search)
      if (pageParam !== '') query.set('after', pageParam)
      return api.get<MemberPage>(`${membersPath(slug)}?${query}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

/** As it is this moment, with the tag that a change of it has to name. */
export const memberQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: [...membersKey(slug), 'one', id],
    queryFn: ({ signal }) => api.getTagged<Member>(`${membersPath(slug)}/${id}`, signal),
    staleTime: 0,
    gcTime: 0,
  })

/** By what people can prove themselves here, and so be named. */
export const connectionKindsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...membersKey(slug), 'connection-kinds'],
    queryFn: async ({ signal }) => {
      const path = `/teamspaces/${slug}/connections`
      const { connections } = await api.get<{ connections: readonly { kind: ConnectionKind }[] }>(path, signal)
      return connections.map(({ kind }) => kind)
    },
  })

/** After it, whatever is shown of the members is asked for again. */
function useMemberMutation<Input, Output>(slug: string, mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: membersKey(slug) }),
  })
}

export const useAddMember = (slug: string) =>
  useMemberMutation(slug, (member: NewMember) =>
    api.post<{ created: boolean; member: Member }>(membersPath(slug), member),
  )

export const useChangeRole = (slug: string, id: string) =>
  useMemberMutation(slug, ({ role, ifMatch }: { role: Role; ifMatch: string | undefined }) =>
    api.patch<Member>(`${membersPath(slug)}/${id}`, { role }, ifMatch),
  )

/** The name alone: whoever gives them a role meanwhile is not in the way. */
export const useRenameMember = (slug: string, id: string) =>
  useMemberMutation(slug, (displayName: string) =>
    api.patch<Member>(`${membersPath(slug)}/${id}`, { displayName: displayName === '' ? null : displayName }),
  )

export const useRemoveMember = (slug: string) =>
  useMemberMutation(slug, ({ id }: Member) => api.delete<Member>(`${membersPath(slug)}/${id}`))
