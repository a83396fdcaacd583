import { Alert, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { Time } from '../../ui/time.tsx'
import type { Connection, LastTest } from './connection.ts'
import { TestResult } from './test-result.tsx'
import { testWords } from './test-words.ts'

/** What the last test of a connection showed; of one that was changed since, that it says nothing any more. */
export function SavedTest({ connection: { kind, lastTest } }: { readonly connection: Connection }) {
  if (!lastTest) {
    return (
      <Text size="sm" c="dimmed" role="status">
        Not tested yet.
      </Text>
    )
  }
  if (!lastTest.isStale) return <TestResult kind={kind} result={lastTest.result} byline={<Byline test={lastTest} />} />
  return (
    <div role="status">
      <Alert color="yellow" variant="light" icon={<IconHistory aria-hidden />} title="Changed since the last test">
        <Text size="sm">Before it: {testWords(kind, lastTest.result).title}. Test it again.</Text>
        <Byline test={lastTest} />
      </Alert>
    </div>
  )
}

const Byline = ({ test: { at, by } }: { readonly test: LastTest }) => (
  <Text size="xs" c="dimmed">
    Tested <Time at={at} /> by {by}
  </Text>
)
