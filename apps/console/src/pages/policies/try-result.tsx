import { Button, Divider, Group, List, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconBan, IconCheck, IconEyeOff, IconKey } from '@tabler/icons-react'
import { RuleSentence } from './rule-sentence.tsx'
import type { CaseResult, PolicyCase, Tried } from './try-case.ts'
import type { PolicyRule } from './policy.ts'
import type { Names } from './rule-words.ts'
import { useNames } from './use-names.ts'

const RESULTS = {
  allowed: { title: 'Allowed', says: 'The call goes through.', color: 'teal', Icon: IconCheck },
  denied: { title: 'Denied', says: 'The call is refused; the entry may be in lists.', color: 'red', Icon: IconBan },
  hidden: {
    title: 'Hidden',
    says: 'It is in no list, and calling it is answered as if it were not there.',
    color: 'red',
    Icon: IconEyeOff,
  },
  'needs-scopes': {
    title: 'Needs more scopes',
    says: 'The call is refused, and the client is told to sign in again for the scopes.',
    color: 'orange',
    Icon: IconKey,
  },
} as const satisfies Record<CaseResult['result'], unknown>

interface TryResultProps {
  readonly tried: Tried
  readonly onRules: () => void
}

export function TryResult({ tried: { asked, policy, result, others }, onRules }: TryResultProps) {
  const names = useNames(policy, asked.caller)
  const { title, says, color, Icon } = RESULTS[result.result]
  const rule = policy?.rules.find(({ name }) => result.by === `rule ${name}`)
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Text size="sm">
          <span className="mono">{asked.tool ?? asked.prompt ?? asked.resource ?? asked.method}</span> on{' '}
          <span className="mono">{asked.server}</span>, as {sayAsker(asked, names)}
        </Text>
        <Group wrap="nowrap" align="flex-start">
          <ThemeIcon color={color} variant="light" size={40} radius="xl">
            <Icon size={22} aria-hidden />
          </ThemeIcon>
          <div>
            <Title order={2} size="h4">
              {title}
            </Title>
            <Text size="sm" c="dimmed">
              {says}
            </Text>
          </div>
        </Group>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {result.by === 'default' ? 'By the default: no rule says anything' : `By the ${result.by}`}
          </Text>
          {rule && <RuleSentence rule={rule} names={names} />}
          {result.problem !== undefined && (
            <Text size="sm" c="red" mt={4}>
              Its condition could not be evaluated, which counts against the caller: {result.problem}
            </Text>
          )}
          {result.dry_run !== undefined && (
            <Text size="sm" mt={4}>
              If the rules on trial were in force: {result.dry_run}.
            </Text>
          )}
        </div>
        <Divider />
        <div>
          <Text size="sm" fw={600} mb={4}>
            What would change it
          </Text>
          <List size="sm" spacing={4}>
            {changesFor(result, rule).map((change) => (
              <List.Item key={change}>{change}</List.Item>
            ))}
            {others.map((other) => (
              <List.Item key={other.says}>
                {other.says}: <b>{RESULTS[other.result.result].title.toLowerCase()}</b> by the {other.result.by}
              </List.Item>
            ))}
          </List>
        </div>
        <Group>
          <Button variant="default" size="xs" onClick={onRules}>
            To the rules
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}

const sayAsker = ({ caller: { member, token, role } }: PolicyCase, names: Names): string => {
  if (token !== undefined) return `MCP token ${names.token(token)} (${role})`
  return member === undefined ? `a member with the role ${role}` : `${names.member(member)} (${role})`
}

function changesFor({ result, by, scopes }: CaseResult, rule: PolicyRule | undefined): readonly string[] {
  if (result === 'allowed') return ['A rule that denies it: such a rule wins over all that allow.']
  if (scopes) return [`Signing in for ${scopes.join(' ')}.`]
  if (by === 'default') return ['A rule that allows it.']
  const changes = [`A change to the ${by}; rules that allow do not help, since denying wins.`]
  if (rule?.unless) changes.push(`A caller with ${rule.unless.scopes.join(' and ')}.`)
  if (rule?.when !== undefined) changes.push('Other arguments, as far as its condition asks about them.')
  return changes
}
