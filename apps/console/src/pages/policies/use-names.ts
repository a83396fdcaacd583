import { useQueries, useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import type { Policy } from './policy.ts'
import type { Caller } from './try-case.ts'
import { memberQuery, tokensQuery } from './policy-queries.ts'
import type { Names } from './rule-words.ts'

/** Rules keep ids; these many are asked for by what people call them. */
const MAX_ASKED = 60

/** What to call the members and tokens that a policy names. */
export function useNames(policy: Policy | undefined, also: Pick<Caller, 'member' | 'token'> = {}): Names {
  const { slug, manages } = useTeamspace()
  const ids = [
    ...new Set([also.member ?? [], ...(policy?.rules ?? []).map(({ who }) => who?.members ?? [])].flat()),
  ].filter((member) => !member.includes('@'))
  const emails = useQueries({
    queries: (manages ? ids.slice(0, MAX_ASKED) : []).map((id) => memberQuery(slug, id)),
    combine: (results) => new Map(results.flatMap(({ data }) => (data ? [[data.id, data.email] as const] : []))),
  })
  const hasTokens =
    (also.token !== undefined || policy?.rules.some(({ who }) => who?.tokens?.some((token) => token !== '*'))) ?? false
  const { data: tokens = [] } = useQuery({ ...tokensQuery(slug), enabled: hasTokens })
  return {
    member: (id) => emails.get(id) ?? shortened(id),
    token: (id) => tokens.find((token) => token.id === id)?.name ?? shortened(id),
  }
}

const shortened = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? `${id.slice(0, 8)}…` : id)
