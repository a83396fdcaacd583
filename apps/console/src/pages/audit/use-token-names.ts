import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { tokensQuery } from '../policies/policy-queries.ts'
import type { TokenNames } from './row-words.ts'

/** What the MCP tokens of the teamspace are called, by id; of the latest two hundred. */
export function useTokenNames(): TokenNames {
  const { slug } = useTeamspace()
  const { data = [] } = useQuery(tokensQuery(slug))
  return new Map(data.map(({ id, name }) => [id, `“${name}”`]))
}
