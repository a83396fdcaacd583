import { Pill } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { memberQuery } from '../policies/policy-queries.ts'

interface MemberPillProps {
  readonly id: string
  readonly onRemove: () => void
}

/** That only one member's rows are shown. */
export function MemberPill({ id, onRemove }: MemberPillProps) {
  const { slug } = useTeamspace()
  const { data } = useQuery(memberQuery(slug, id))
  const name = data?.email ?? `member ${id.slice(0, 8)}…`
  return (
    <Pill
      size="md"
      withRemoveButton
      onRemove={onRemove}
      removeButtonProps={{ 'aria-label': `Not only ${name}`, tabIndex: 0, 'aria-hidden': false }}
    >
      Only {name}
    </Pill>
  )
}
