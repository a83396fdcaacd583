import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import type { Connection, LastTest } from '../connections/connection.ts'
import { connectionsQuery, useTestSaved } from '../connections/connections-queries.ts'
import { KINDS } from '../connections/kinds.ts'
import { Time } from '../../ui/time.tsx'
import type { Step } from './checklist-item.tsx'
import { useCalls, useHasMember } from './setup-queries.ts'

/** What a teamspace needs before its first call, and what of it is there. */
export function useSteps(): readonly Step[] {
  const { slug } = useTeamspace()
  const { data: connections } = useQuery(connectionsQuery(slug))
  const { data: hasMember } = useHasMember(slug, true)
  const { data: calls } = useCalls(slug)
  const [first] = connections ?? []
  const hasCalled = calls && calls.allowed > 0
  const test = useTestStep(slug, connections ?? [], hasCalled)
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
    test,
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

/** A call that was let through has shown more than a test could. */
function useTestStep(slug: string, connections: readonly Connection[], hasCalled: boolean | undefined): Step {
  const connection = connections.find((each) => !isTested(each)) ?? connections[0]
  const test = useTestSaved(slug, connection?.kind ?? 'entra')
  return {
    title: 'Test the connection',
    says: connection?.lastTest ? sayTest(connection.lastTest) : 'It asks the identity provider and changes nothing.',
    isDone: connection !== undefined && (isTested(connection) || hasCalled === true),
    to: `/t/${slug}/connections`,
    linkText: 'Connections',
    ...(connection && {
      action: (
        <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Test {KINDS[connection.kind].title}
        </Button>
      ),
    }),
  }
}

/** As it is now, and with success. */
const isTested = ({ lastTest }: Connection): boolean => lastTest?.result.outcome === 'ok' && !lastTest.isStale

function sayTest({ at, by, isStale, result }: LastTest) {
  if (isStale) return 'The connection was changed since the last test.'
  if (result.outcome !== 'ok') return 'The last test did not succeed. Connections says what to do about it.'
  return (
    <>
      It works: tested <Time at={at} /> by {by}.
    </>
  )
}
