import { Button, Drawer, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Policy, PolicyRule } from './policy.ts'
import { RuleBasics } from './rule-basics.tsx'
import { RuleConditions } from './rule-conditions.tsx'
import { errorsOf, withChanges } from './rule-part.ts'
import type { RulePart } from './rule-part.ts'
import { RuleSentence } from './rule-sentence.tsx'
import { RuleWhat } from './rule-what.tsx'
import { RuleWho } from './rule-who.tsx'
import { useNames } from './use-names.ts'
import { usePolicyCheck } from './use-policy-check.ts'

interface RuleDrawerProps {
  readonly isOpen: boolean
  readonly edited: { readonly key: number; readonly index: number; readonly rule: PolicyRule } | undefined
  readonly policy: Policy
  readonly onClose: () => void
  readonly onDone: (rule: PolicyRule) => void
}

export function RuleDrawer({ isOpen, edited, policy, onClose, onDone }: RuleDrawerProps) {
  const isNew = edited !== undefined && edited.index >= policy.rules.length
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size={560}
      // What has the focus must not be under the title or the buttons, which stay in sight (WCAG 2.2, 2.4.11).
      styles={{ content: { scrollPaddingBlock: '72px 96px' } }}
      title={isNew ? 'New rule' : 'Edit rule'}
      closeButtonProps={{ 'aria-label': 'Close without taking it over' }}
    >
      {edited && (
        <RuleForm key={edited.key} edited={edited} policy={policy} isNew={isNew} onClose={onClose} onDone={onDone} />
      )}
    </Drawer>
  )
}

interface RuleFormProps extends Omit<RuleDrawerProps, 'isOpen'> {
  readonly edited: NonNullable<RuleDrawerProps['edited']>
  readonly isNew: boolean
}

function RuleForm({ edited: { index, rule: given }, policy, isNew, onClose, onDone }: RuleFormProps) {
  const [rule, setRule] = useState(given)
  const draft = { ...policy, rules: policy.rules.toSpliced(index, 1, rule) }
  const names = useNames(draft)
  const check = usePolicyCheck(useStable(draft))
  const errors = errorsOf(check.errors, index)
  const part: RulePart = {
    rule,
    change: (changes) => setRule((before) => withChanges(before, changes)),
    errorOf: (path) => {
      const found = errors.find((error) => error.path === path || error.path.startsWith(`${path}.`))
      return found && found.says.charAt(0).toUpperCase() + found.says.slice(1)
    },
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onDone(rule)
      }}
    >
      <Stack gap="lg">
        <RuleBasics {...part} />
        <RuleWhat {...part} />
        <RuleWho {...part} />
        <RuleConditions {...part} />
        <section aria-label="The rule in words" aria-live="polite">
          <RuleSentence rule={rule} names={names} />
        </section>
        <Group
          justify="flex-end"
          pos="sticky"
          bottom={0}
          py="sm"
          bg="var(--mantine-color-body)"
          style={{ borderTop: '1px solid var(--mantine-color-default-border)', zIndex: 2 }}
        >
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">{isNew ? 'Add to the draft' : 'Change in the draft'}</Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The same object while it says the same: only changes are sent to be checked. */
function useStable<Value>(value: Value): Value {
  const [kept, setKept] = useState(value)
  if (kept === value || JSON.stringify(kept) === JSON.stringify(value)) return kept
  setKept(value)
  return value
}
