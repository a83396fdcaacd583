import { Alert, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { PolicyDefault } from './policy-default.tsx'
import { PolicyJson } from './policy-json.tsx'
import { PolicyRules } from './policy-rules.tsx'
import type { PolicyCheck } from './use-policy-check.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

interface PolicyFormProps {
  readonly draft: PolicyDraft
  readonly check: PolicyCheck
}

/** The policy as a form, or as the document that scripts and files of `sallyport policy set` use. */
export function PolicyForm({ draft, check }: PolicyFormProps) {
  const { manages } = useTeamspace()
  const [wanted, setView] = useState<'form' | 'json'>('form')
  const view = draft.policy ? wanted : 'json'
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>
          A rule that denies wins over all that allow; where no rule says anything, the default holds. The order only
          says which of several rules is named in the audit trail: the first.
        </Text>
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={(value) => setView(value === 'json' ? 'json' : 'form')}
          data={[
            { value: 'form', label: 'Form', disabled: !draft.policy },
            { value: 'json', label: 'JSON' },
          ]}
        />
      </Group>
      <ProblemAlert error={check.problem} />
      {check.warnings.length > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="It may not do what you think">
          {check.warnings.map((warning) => (
            <Text key={warning} size="sm">
              {warning.charAt(0).toUpperCase() + warning.slice(1)}.
            </Text>
          ))}
        </Alert>
      )}
      {view === 'form' && draft.policy ? (
        <>
          <PolicyDefault policy={draft.policy} isFixed={!manages} onChange={draft.change} />
          <PolicyRules policy={draft.policy} errors={check.errors} onChange={draft.change} />
        </>
      ) : (
        <PolicyJson draft={draft} check={check} />
      )}
    </Stack>
  )
}
