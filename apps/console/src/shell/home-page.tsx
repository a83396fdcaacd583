import { Navigate } from '@tanstack/react-router'
import { useSignedIn } from '../session/session.ts'

/** People of one teamspace go straight to it. */
export function HomePage() {
  const { isOperator, memberships } = useSignedIn()
  const [only, ...others] = memberships
  if (only && others.length === 0 && !isOperator) return <Navigate to="/t/$slug" params={{ slug: only.slug }} replace />
  return <Navigate to="/teamspaces" replace />
}
