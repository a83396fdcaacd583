import { useParams } from '@tanstack/react-router'
import type { Role } from '../api/roles.ts'
import { isAtLeast } from '../api/roles.ts'
import { useSignedIn } from './session.ts'
import { useTeamspaces } from './use-teamspaces.ts'

export interface CurrentTeamspace {
  readonly slug: string
  readonly name: string
  /** What the signed-in person is here; the operator counts as owner. */
  readonly role: Role
  /** Whether members, connections, the policy and the audit trail are theirs to see and change. */
  readonly manages: boolean
}

/** The teamspace in the address. */
export function useTeamspace(): CurrentTeamspace {
  const { slug = '' } = useParams({ strict: false })
  const { isOperator, memberships } = useSignedIn()
  const { data: teamspaces = [] } = useTeamspaces()
  const membership = memberships.find((each) => each.slug === slug)
  const role: Role = isOperator ? 'owner' : (membership?.role ?? 'developer')
  const name = teamspaces.find((each) => each.slug === slug)?.name ?? membership?.name ?? slug
  return { slug, name, role, manages: isAtLeast(role, 'admin') }
}
