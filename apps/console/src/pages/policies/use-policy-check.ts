import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { checkQuery } from './policy-queries.ts'
import type { Checked } from './policy-queries.ts'

const AFTER_MS = 350

export interface PolicyCheck extends Checked {
  /** Whether what is said here is about an earlier state. */
  readonly isBehind: boolean
  readonly problem: unknown
}

/** What the server thinks of a document, soon after it was changed. */
export function usePolicyCheck(document: unknown, isWanted = true): PolicyCheck {
  const { slug, manages } = useTeamspace()
  const [settled] = useDebouncedValue(document, AFTER_MS)
  const { data, error, isFetching } = useQuery({ ...checkQuery(slug, settled), enabled: manages && isWanted })
  const isBehind = isFetching || settled !== document
  return { errors: data?.errors ?? [], warnings: data?.warnings ?? [], isBehind, problem: error }
}
