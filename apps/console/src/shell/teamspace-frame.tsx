import { Outlet, useParams } from '@tanstack/react-router'
import { useSignedIn } from '../session/session.ts'
import { useTeamspaces } from '../session/use-teamspaces.ts'
import { MissingTeamspace } from './missing-page.tsx'

/** Pages of one teamspace, for who belongs to it; to others there is none of that name. */
export function TeamspaceFrame() {
  const { slug } = useParams({ strict: false })
  const { isOperator, memberships } = useSignedIn()
  const { data: teamspaces } = useTeamspaces()
  const isKnown = teamspaces?.some((each) => each.slug === slug) ?? true
  const isMember = isOperator || memberships.some((each) => each.slug === slug)
  return isKnown && isMember ? <Outlet key={slug} /> : <MissingTeamspace />
}
