import { Alert, Anchor, Divider, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconTool } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ProblemError } from '../../api/client.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { DecisionMark } from '../../ui/decision-mark.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { exactTime } from '../../ui/time.tsx'
import { decisionQuery } from './audit-queries.ts'
import type { Decision } from './audit-queries.ts'
import { Facts } from './facts.tsx'
import { StepLine } from './step-line.tsx'
import { placeToFix } from './place-to-fix.ts'

/** Why a call was answered as it was, and what would change that. */
export function CallDecision({ requestId }: { readonly requestId: string }) {
  const { slug } = useTeamspace()
  const { data, error } = useQuery(decisionQuery(slug, requestId))
  if (error instanceof ProblemError && error.status === 404)
    return <Text>No call or change of this id is among the rows that are shown, or kept.</Text>
  if (error) return <ProblemAlert error={error} />
  if (!data) return <Skeleton height={420} aria-label="Loading" />
  const { by, ...detail } = data.detail ?? {}
  return (
    <Stack gap="md">
      <div>
        <Group gap="xs" mb={6}>
          <DecisionMark decision={data.decision} />
          <span className="mono">{data.rule}</span>
        </Group>
        <Title order={2} size="h4">
          {data.says}
        </Title>
        {by !== undefined && (
          <Text size="sm">
            Decided by <b>{String(by)}</b>
          </Text>
        )}
      </div>
      <StepLine step={data.step} decision={data.decision} />
      <Compared decision={data} />
      <Fix decision={data} slug={slug} />
      {data.dryRun !== undefined && (
        <Text size="sm">
          If the rules on trial were in force: <b>{String(data.dryRun)}</b>.
        </Text>
      )}
      {Object.keys(detail).length > 0 && (
        <section aria-labelledby="detail-title">
          <Heading id="detail-title">Found out</Heading>
          <Facts facts={detail} />
        </section>
      )}
      <Divider />
      <section aria-labelledby="call-title">
        <Heading id="call-title">The call</Heading>
        <Facts
          facts={{
            at: exactTime(Date.parse(data.at)),
            ...data.call,
            status: data.status,
            upstreamStatus: data.upstreamStatus,
            took: data.durationMs === undefined ? undefined : `${String(data.durationMs)} ms`,
            exchange: data.exchange,
          }}
        />
      </section>
      <section aria-labelledby="caller-title">
        <Heading id="caller-title">The caller</Heading>
        <Facts facts={data.caller} />
      </section>
      <section aria-labelledby="id-title">
        <Heading id="id-title">Request id</Heading>
        <CopyField label="request id" value={data.requestId} />
      </section>
    </Stack>
  )
}

const Heading = ({ id, children }: { readonly id: string; readonly children: string }) => (
  <Title order={3} size="h6" id={id} mb={4}>
    {children}
  </Title>
)

function Compared({ decision: { expected, presented } }: { readonly decision: Decision }) {
  if (expected === undefined && presented === undefined) return null
  return <Facts facts={{ expected: expected ?? 'nothing of the kind', presented: presented ?? 'nothing' }} />
}

const isCommand = (fix: string): boolean => fix.startsWith('sallyport ')

function Fix({ decision, slug }: { readonly decision: Decision; readonly slug: string }) {
  if (decision.fix === undefined) return null
  const place = placeToFix(decision.rule)
  return (
    <Alert color="blue" variant="light" icon={<IconTool aria-hidden />} title="What would change it">
      <Text size="sm">
        {isCommand(decision.fix) ? (
          <>
            In a terminal: <span className="mono">{decision.fix}</span>
          </>
        ) : (
          decision.fix.charAt(0).toUpperCase() + decision.fix.slice(1)
        )}
      </Text>
      {place && (
        <Anchor component={Link} to={`/t/${slug}${place.path}`} size="sm">
          To {place.label}
        </Anchor>
      )}
    </Alert>
  )
}
