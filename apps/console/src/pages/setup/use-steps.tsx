import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { connectionsQuery } from '../connections/connections-queries.ts'
import { KINDS } from '../connections/kinds.ts'
import type { Step } from './checklist-item.tsx'
import { useCalls, useHasMember } from './setup-queries.ts'
import { testStep } from './test-step.tsx'

/** What a teamspace needs before its first call, and what of it is there. */
export function useSteps(): readonly Step[] {
  const { slug } = useTeamspace()
  const { data: connections } = useQuery(connectionsQuery(slug))
  const { data: hasMember } = useHasMember(slug, true)
  const { data: calls } = useCalls(slug)
  const [first] = connections ?? []
  const hasCalled = calls && calls.allowed > 0
  return [
    {
      title: 'Connect who vouches for your people',
      says: first
        ? `${connections!.map(({ kind }) => KINDS[kind].title).join(', ')}: connected.`
        : 'A Microsoft Entra tenant, another OpenID provider, or a Kubernetes cluster. Not needed where clients bring MCP tokens only.',
      isDone: connections && connections.length > 0,
      to: `/t/${slug}/connections`,
      linkText: 'Connections',
    },
    testStep(slug, connections ?? [], hasCalled),
    {
      title: 'Bring your people in',
      says: 'Only members are let in. Add them one by one, from a CSV file, by SCIM, or from an Entra group.',
      isDone: hasMember,
      to: `/t/${slug}/members`,
      linkText: 'Members',
    },
    {
      title: 'Configure a client',
      says: calls && calls.all > 0 ? 'A client has called.' : 'It needs the address of a server and no more.',
      isDone: calls && calls.all > 0,
      to: '#clients',
      linkText: 'What to paste',
    },
    {
      title: 'See the first call',
      says: hasCalled
        ? 'Calls arrive, and are let through.'
        : calls && calls.all > 0
          ? 'Calls arrive, but none was let through yet. The audit trail says why.'
          : 'This page notices it by itself.',
      isDone: hasCalled,
      to: calls && calls.all > 0 && !hasCalled ? `/t/${slug}/audit` : `/t/${slug}`,
      linkText: calls && calls.all > 0 && !hasCalled ? 'Audit' : 'Overview',
    },
  ]
}
