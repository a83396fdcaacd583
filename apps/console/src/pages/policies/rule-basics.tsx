import { Input, SegmentedControl, Stack, Switch, TextInput } from '@mantine/core'
import type { RulePart } from './rule-part.ts'

export function RuleBasics({ rule, change, errorOf }: RulePart) {
  return (
    <Stack gap="md">
      <TextInput
        label="Name"
        description="Named in decisions and in the audit trail"
        required
        withAsterisk={false}
        maxLength={80}
        value={rule.name}
        error={errorOf('name')}
        onChange={(event) => change({ name: event.currentTarget.value })}
        data-autofocus
      />
      <div>
        <Input.Label component="div" id="rule-effect">
          What it does
        </Input.Label>
        <SegmentedControl
          fullWidth
          aria-labelledby="rule-effect"
          value={rule.effect}
          onChange={(value) => change(value === 'allow' ? { effect: 'allow', unless: undefined } : { effect: 'deny' })}
          data={[
            { value: 'deny', label: 'Deny' },
            { value: 'allow', label: 'Allow' },
          ]}
        />
      </div>
      <Switch
        label="On trial"
        description="Changes no answer. The audit trail records what it would have changed."
        checked={rule.dryRun ?? false}
        onChange={(event) => change({ dryRun: event.currentTarget.checked })}
      />
    </Stack>
  )
}
