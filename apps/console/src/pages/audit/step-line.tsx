import { Group, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { Fragment } from 'react'

/** Those that a refusal explains itself by; what is in between is told apart only in the trail. */
const STEPS = ['route', 'authenticate', 'admit', 'authorize', 'exchange', 'forward'] as const

const SHOWN_AS: Readonly<Record<string, string>> = {
  throttle: 'route',
  read: 'admit',
  readmit: 'admit',
  limit: 'authorize',
}

interface StepLineProps {
  readonly step: string | undefined
  readonly decision: 'allowed' | 'denied' | 'fault'
}

/** The way through both doors, and how far the call came. */
export function StepLine({ step, decision }: StepLineProps) {
  if (step === undefined) return null
  if (decision === 'allowed') return null
  const shown = SHOWN_AS[step] ?? step
  return (
    <Group gap={6} role="img" aria-label={`It ended at the step ${step}`}>
      {STEPS.map((each, index) => (
        <Fragment key={each}>
          {index > 0 && <IconArrowRight size={12} aria-hidden color="var(--mantine-color-dimmed)" />}
          <Text size="xs" {...(each === shown ? { fw: 700, td: 'underline' } : { c: 'dimmed' })}>
            {each === shown && step !== shown ? `${each} (${step})` : each}
          </Text>
        </Fragment>
      ))}
    </Group>
  )
}
