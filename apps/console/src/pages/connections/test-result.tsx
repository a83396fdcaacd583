import { Alert, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { CopyField } from '../../ui/copy-field.tsx'
import { Facts } from '../../ui/facts.tsx'
import type { ConnectionKind, ConnectionTest } from './connection.ts'
import { testWords } from './test-words.ts'

interface TestResultProps {
  readonly kind: ConnectionKind
  readonly result: ConnectionTest | undefined
  /** When it was shown and to whom, where that is not now and here. */
  readonly byline?: ReactNode
}

/** Announced when it comes; its place is there before. */
export function TestResult({ kind, result, byline }: TestResultProps) {
  return <div role="status">{result && <Outcome kind={kind} result={result} byline={byline} />}</div>
}

function Outcome({ kind, result, byline }: TestResultProps & { readonly result: ConnectionTest }) {
  const { isGood, title, says } = testWords(kind, result)
  const Icon = isGood ? IconCircleCheck : IconAlertTriangle
  return (
    <Alert
      color={isGood ? 'teal' : result.outcome === 'unreachable' ? 'yellow' : 'red'}
      variant="light"
      icon={<Icon aria-hidden />}
      title={title}
      data-outcome={result.outcome}
    >
      <Stack gap="xs">
        <Text size="sm">{says}</Text>
        {result.outcome === 'ok' && <Shown result={result} />}
        {result.outcome === 'issuer_mismatch' && (
          <Facts
            facts={[
              { label: 'Expected', value: <span className="mono">{result.expected}</span> },
              { label: 'Presented', value: <CopyField label="issuer" value={result.presented} /> },
            ]}
          />
        )}
        {byline}
      </Stack>
    </Alert>
  )
}

const ASKED = { oidc: 'the issuer’s keys', tokenreview: 'the API server (TokenReview)' } as const

function Shown({ result }: { readonly result: Extract<ConnectionTest, { outcome: 'ok' }> }) {
  const { issuer, keyCount, algorithms, advice = [], warnings = [], cluster, asked } = result
  return (
    <>
      <Facts
        facts={[
          { label: 'Issuer', value: issuer && <span className="mono">{issuer}</span> },
          { label: 'Signing keys', value: keyCount },
          { label: 'Algorithms', value: algorithms?.join(', ') },
          { label: 'Cluster', value: cluster && <span className="mono">{cluster}</span> },
          { label: 'Asked', value: asked?.map((each) => ASKED[each]).join(' and ') },
        ]}
      />
      {advice.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            To be set up there, so that its tokens are accepted:
          </Text>
          <List size="sm">
            {advice.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
        </>
      )}
      {warnings.map((each) => (
        <Text key={each} size="sm">
          <b>Groups cannot be read yet.</b> {each} Until something here goes by groups, no call needs that.
        </Text>
      ))}
    </>
  )
}
