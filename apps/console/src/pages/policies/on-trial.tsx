import { Anchor, Badge, Group, List, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Time } from '../../ui/time.tsx'
import { sayCaller } from '../audit/row-words.ts'
import { useTokenNames } from '../audit/use-token-names.ts'
import { RuleSentence } from './rule-sentence.tsx'
import { trialQuery } from './trial-query.ts'
import type { TrialCall, TrialCalls } from './trial-query.ts'
import { useNames } from './use-names.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

const EXAMPLES = 5

/** What rules that are only tried out would have done to real calls. */
export function OnTrial({ draft }: { readonly draft: PolicyDraft }) {
  const { slug } = useTeamspace()
  const names = useNames(draft.policy)
  const { data, error, isPending } = useQuery(trialQuery(slug))
  const rules = draft.policy?.rules.filter(({ dryRun }) => dryRun) ?? []
  if (rules.length === 0) {
    return (
      <EmptyState
        Icon={IconFlask}
        title="No rule is on trial"
        says="A rule on trial changes no answer. The audit trail records what it would have changed, so that you see whom it hits before it does. Edit a rule and switch “On trial” on."
      />
    )
  }
  return (
    <Stack gap="md">
      <ProblemAlert error={error} />
      {data && (
        <Text size="sm" c="dimmed">
          <Looked calls={data} />
        </Text>
      )}
      {rules.map((rule) => (
        <Paper key={rule.name} withBorder p="md" component="section" aria-label={rule.name}>
          <Group gap="xs" mb={4}>
            <Title order={2} size="h5">
              {rule.name}
            </Title>
            {data && <Hits count={callsOf(data.calls, rule.name).length} effect={rule.effect} />}
          </Group>
          <RuleSentence rule={rule} names={names} />
          {isPending && <Skeleton height={80} mt="sm" />}
          {data && <Examples calls={callsOf(data.calls, rule.name).slice(0, EXAMPLES)} />}
        </Paper>
      ))}
    </Stack>
  )
}

function Looked({ calls: { looked, since, isWhole } }: { readonly calls: TrialCalls }) {
  if (looked === 0 || since === undefined) return 'There were no calls in the last 7 days.'
  const count = looked.toLocaleString('en')
  if (isWhole) return `All ${count} calls of the last 7 days were looked at.`
  return (
    <>
      The last {count} calls were looked at, back to <Time at={since} />.
    </>
  )
}

const callsOf = (calls: readonly TrialCall[], name: string) =>
  calls.filter(({ dryRun }) => dryRun.endsWith(` by rule ${name}`))

function Hits({ count, effect }: { readonly count: number; readonly effect: 'allow' | 'deny' }) {
  if (count === 0) return <Badge variant="default">would have changed nothing</Badge>
  return (
    <Badge variant="light" color={effect === 'deny' ? 'red' : 'teal'}>
      would have {effect === 'deny' ? 'denied' : 'allowed'} {count} {count === 1 ? 'call' : 'calls'}
    </Badge>
  )
}

function Examples({ calls }: { readonly calls: readonly TrialCall[] }) {
  const { slug } = useTeamspace()
  const tokenNames = useTokenNames()
  if (calls.length === 0) return null
  return (
    <List size="sm" mt="sm" aria-label="The last of them">
      {calls.map((call) => (
        <List.Item key={call.id}>
          <Anchor component={Link} to={`/t/${slug}/audit`} search={{ open: call.id } as never} size="sm">
            <span className="mono">{call.target ?? call.rpcMethod}</span>
          </Anchor>{' '}
          on <span className="mono">{call.server}</span> by {sayCaller(call, tokenNames)}
          {', '}
          <Time at={call.at} />
        </List.Item>
      ))}
    </List>
  )
}
