import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'

interface AuditLinkProps {
  /** What is to be looked for there. */
  readonly search: Readonly<Record<string, string>>
  readonly children: ReactNode
}

/** To rows of the audit trail, for who may see it; the words alone for others. */
export function AuditLink({ search, children }: AuditLinkProps) {
  const { slug, manages } = useTeamspace()
  if (!manages) return children
  return (
    <Anchor component={Link} to={`/t/${slug}/audit`} search={search as never} size="sm" inherit>
      {children}
    </Anchor>
  )
}
