import { Button, Group, Paper, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { FieldError } from '../../api/client.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { freeName } from './policy.ts'
import type { Policy, PolicyRule } from './policy.ts'
import { RuleCard } from './rule-card.tsx'
import { RuleDrawer } from './rule-drawer.tsx'
import { errorsOf } from './rule-part.ts'
import { useNames } from './use-names.ts'

interface PolicyRulesProps {
  readonly policy: Policy
  readonly errors: readonly FieldError[]
  readonly onChange: (policy: Policy) => void
}

/** Which rule is open; `rules.length` for one that is being added. */
interface Edited {
  /** Of this opening of the form. */
  readonly key: number
  readonly index: number
  readonly rule: PolicyRule
}

export function PolicyRules({ policy, errors, onChange }: PolicyRulesProps) {
  const { manages } = useTeamspace()
  const names = useNames(policy)
  const [isOpen, { open, close }] = useDisclosure(false)
  const [edited, setEdited] = useState<Edited>()
  const { rules } = policy
  const setRules = (changed: readonly PolicyRule[]) => onChange({ ...policy, rules: changed })
  const edit = (index: number, rule: PolicyRule) => {
    setEdited((before) => ({ key: (before?.key ?? 0) + 1, index, rule }))
    open()
  }
  const add = () => edit(rules.length, { name: freeName('New rule', rules), effect: 'deny' })
  const addButton = (
    <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
      Add a rule
    </Button>
  )
  return (
    <Stack gap="sm" component="section" aria-labelledby="rules-title">
      <Group justify="space-between">
        <Title order={2} size="h4" id="rules-title">
          Rules
        </Title>
        {manages && rules.length > 0 && addButton}
      </Group>
      {rules.length === 0 && (
        <EmptyState Icon={IconShieldCheck} title="No rules yet" says={EMPTY[policy.default]}>
          {manages && addButton}
        </EmptyState>
      )}
      {rules.length > 0 && (
        <Paper withBorder component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
          {rules.map((rule, index) => (
            <RuleCard
              key={rules.findIndex(({ name }) => name === rule.name) === index ? rule.name : `${rule.name} ${index}`}
              rule={rule}
              names={names}
              place={{ index, count: rules.length }}
              errors={errorsOf(errors, index)}
              onEdit={() => edit(index, rule)}
              onDuplicate={() => setRules(rules.toSpliced(index + 1, 0, { ...rule, name: freeName(rule.name, rules) }))}
              onMove={(by) => setRules(rules.toSpliced(index, 1).toSpliced(index + by, 0, rule))}
              onRemove={() => setRules(rules.toSpliced(index, 1))}
            />
          ))}
        </Paper>
      )}
      <RuleDrawer
        isOpen={isOpen}
        edited={edited}
        policy={policy}
        onClose={close}
        onDone={(rule) => {
          setRules(rules.toSpliced(edited!.index, 1, rule))
          close()
        }}
      />
    </Stack>
  )
}

const EMPTY = {
  'allow members':
    'Every member may use all that their servers offer. Add a rule that denies, such as for tools that destroy; put it on trial first if you are not sure what it will hit.',
  deny: 'Nobody may use anything, since the default denies and no rule allows. Add a rule that allows, such as tools of class read for everybody.',
}
