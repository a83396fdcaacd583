import { Navigate } from '@tanstack/react-router'
import { useSignedIn } from '../session/session.ts'
import { useTeamspaces } from '../session/use-teamspaces.ts'

/** Where there is one teamspace, that is where to go; whoever has several sees them first. */
export function HomePage() {
  const { isOperator, memberships } = useSignedIn()
  const { data: all, isPending } = useTeamspaces()
  if (isOperator && isPending) return null
  const [only, ...others] = isOperator ? (all ?? []) : memberships
  if (only && others.length === 0) return <Navigate to="/t/$slug" params={{ slug: only.slug }} replace />
  return <Navigate to="/teamspaces" replace />
}
