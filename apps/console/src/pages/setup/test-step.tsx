import { Button } from '@mantine/core'
import { Time } from '../../ui/time.tsx'
import type { Connection, ConnectionKind, LastTest } from '../connections/connection.ts'
import { useTestSaved } from '../connections/connections-queries.ts'
import { KINDS } from '../connections/kinds.ts'
import type { Step } from './checklist-item.tsx'

/** Whether each connection works. A call that was let through has shown more than a test could. */
export function testStep(slug: string, connections: readonly Connection[], hasCalled: boolean | undefined): Step {
  const areTested = connections.length > 0 && connections.every(isTested)
  return {
    title: connections.length > 1 ? 'Test the connections' : 'Test the connection',
    says: connections.length === 0 ? 'It asks the identity provider and changes nothing.' : connections.map(toLine),
    isDone: areTested || (hasCalled === true && connections.length > 0),
    to: `/t/${slug}/connections`,
    linkText: 'Connections',
    action: connections.map(({ kind }) => <TestButton key={kind} slug={slug} kind={kind} />),
  }
}

/** As it is now, and with success. */
const isTested = ({ lastTest }: Connection): boolean => lastTest?.result.outcome === 'ok' && !lastTest.isStale

const toLine = ({ kind, lastTest }: Connection) => (
  <div key={kind}>
    {KINDS[kind].title}: <Said lastTest={lastTest} />
  </div>
)

function Said({ lastTest }: { readonly lastTest: LastTest | undefined }) {
  if (!lastTest) return <>not tested yet. A test asks whoever vouches for people, and changes nothing.</>
  const { at, by, isStale, result } = lastTest
  if (isStale) return <>changed since the last test.</>
  if (result.outcome !== 'ok') return <>the last test did not succeed. Connections says what to do about it.</>
  return (
    <>
      it works, tested <Time at={at} /> by {by}.
    </>
  )
}

function TestButton({ slug, kind }: { readonly slug: string; readonly kind: ConnectionKind }) {
  const test = useTestSaved(slug, kind)
  return (
    <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
      Test {KINDS[kind].title}
    </Button>
  )
}
