import { queryOptions } from '@tanstack/react-query'
import { api, ProblemError } from '../../api/client.ts'
import type { FieldError } from '../../api/client.ts'
import type { Role } from '../../api/roles.ts'
import type { ToolClass } from './policy.ts'

interface PolicyView {
  readonly policy: unknown
  readonly version: number
  readonly updated_at: string | null
  readonly updated_by: string | null
  readonly warnings?: readonly string[]
}

/** A policy that is in force, and the tag by which it can be replaced. */
export interface SavedPolicy {
  readonly document: unknown
  readonly etag: string | undefined
  readonly version: number
  readonly updatedAt: number | undefined
  readonly updatedBy: string | undefined
}

const toSaved = ({ policy, version, updated_at, updated_by }: PolicyView, etag: string | undefined): SavedPolicy => ({
  document: policy,
  etag,
  version,
  updatedAt: updated_at === null ? undefined : Date.parse(updated_at),
  updatedBy: updated_by ?? undefined,
})

export const policyQuery = (slug: string) =>
  queryOptions({
    queryKey: ['policy', slug],
    queryFn: async ({ signal }) => {
      const { body, etag } = await api.getTagged<PolicyView>(`/teamspaces/${slug}/policy`, signal)
      return toSaved(body, etag)
    },
  })

export async function savePolicy(slug: string, document: unknown, ifMatch: string | undefined): Promise<SavedPolicy> {
  const { body, etag } = await api.put<PolicyView>(`/teamspaces/${slug}/policy`, document, ifMatch)
  return toSaved(body, etag)
}

export interface Checked {
  readonly errors: readonly FieldError[]
  readonly warnings: readonly string[]
}

/** What saving would say of a document. */
export const checkQuery = (slug: string, document: unknown) =>
  queryOptions({
    queryKey: ['policy-check', slug, JSON.stringify(document)],
    queryFn: async (): Promise<Checked> => {
      try {
        const { warnings } = await api.post<Pick<Checked, 'warnings'>>(`/teamspaces/${slug}/policy/check`, document)
        return { errors: [], warnings }
      } catch (error) {
        if (!(error instanceof ProblemError) || (error.status !== 400 && error.status !== 413)) throw error
        return { errors: error.errors.length > 0 ? error.errors : [{ path: '', says: error.message }], warnings: [] }
      }
    },
    gcTime: 60_000,
    placeholderData: (previous) => previous,
  })

export interface KnownTool {
  readonly name: string
  readonly title?: string
  readonly class: ToolClass
}

export interface KnownServer {
  readonly server: string
  readonly tools: readonly KnownTool[]
}

/** Servers, and the tools that they were heard to offer here. */
export const toolsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['tools', slug],
    queryFn: async ({ signal }) =>
      (await api.get<{ servers: readonly KnownServer[] }>(`/teamspaces/${slug}/tools`, signal)).servers,
    staleTime: 30_000,
  })

export interface NamedMember {
  readonly id: string
  readonly email: string
  readonly role: Role
}

const MEMBERS_SHOWN = 20

/** Members whose e-mail has this in it. */
export const memberSearchQuery = (slug: string, text: string) =>
  queryOptions({
    queryKey: ['members', slug, 'search', text],
    queryFn: async ({ signal }) => {
      const search = new URLSearchParams({ limit: String(MEMBERS_SHOWN), ...(text !== '' && { query: text }) })
      return (await api.get<{ members: readonly NamedMember[] }>(`/teamspaces/${slug}/members?${search}`, signal))
        .members
    },
    placeholderData: (previous) => previous,
  })

/** One member; undefined when there is none of this id any more. */
export const memberQuery = (slug: string, id: string) =>
  queryOptions({
    queryKey: ['members', slug, 'one', id],
    queryFn: async ({ signal }) => {
      try {
        return await api.get<NamedMember>(`/teamspaces/${slug}/members/${encodeURIComponent(id)}`, signal)
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) return null
        throw error
      }
    },
    staleTime: 60_000,
  })

export interface NamedToken {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly role: Role
  readonly holder_member_id: string | null
  readonly usable: boolean
}

export const tokensQuery = (slug: string) =>
  queryOptions({
    queryKey: ['mcp-tokens', slug, 'named'],
    queryFn: async ({ signal }) =>
      (await api.get<{ tokens: readonly NamedToken[] }>(`/teamspaces/${slug}/mcp-tokens?limit=200`, signal)).tokens,
    staleTime: 30_000,
  })
