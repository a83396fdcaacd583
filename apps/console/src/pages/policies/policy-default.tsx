import { Checkbox, Paper, Radio, Stack, Text } from '@mantine/core'
import type { Policy } from './policy.ts'

interface PolicyDefaultProps {
  readonly policy: Policy
  readonly isFixed: boolean
  readonly onChange: (policy: Policy) => void
}

/** What holds where no rule does. */
export function PolicyDefault({ policy, isFixed, onChange }: PolicyDefaultProps) {
  const askForAll = (isAsked: boolean) => {
    const { askForAllScopes: _, ...rest } = policy
    onChange(isAsked ? { ...rest, askForAllScopes: true } : rest)
  }
  if (isFixed) return <DefaultInWords policy={policy} />
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Radio.Group
          label="Where no rule says anything"
          value={policy.default}
          onChange={(value) => onChange({ ...policy, default: value === 'deny' ? 'deny' : 'allow members' })}
        >
          <Stack gap={8} mt={6}>
            <Radio
              value="allow members"
              label="Allow members"
              description="Every member may use what their servers offer"
            />
            <Radio value="deny" label="Deny" description="Only what a rule allows" />
          </Stack>
        </Radio.Group>
        <Checkbox
          label="Ask for all scopes at sign-in"
          description="For clients that do not come back for more when a rule asks for a scope"
          checked={policy.askForAllScopes ?? false}
          onChange={(event) => askForAll(event.currentTarget.checked)}
        />
      </Stack>
    </Paper>
  )
}

const DefaultInWords = ({ policy }: Pick<PolicyDefaultProps, 'policy'>) => (
  <Paper withBorder p="md">
    <Text size="sm" fw={600}>
      Where no rule says anything
    </Text>
    <Text size="sm">
      {policy.default === 'deny' ? 'It is denied.' : 'Every member may use what their servers offer.'}
      {policy.askForAllScopes && ' Clients are asked for all scopes at sign-in.'}
    </Text>
  </Paper>
)
