import { Progress, Text } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { Section } from '../../ui/section.tsx'
import { ChecklistItem } from './checklist-item.tsx'
import classes from './setup.module.css'
import { useSteps } from './use-steps.tsx'

/** Where the teamspace stands. */
export function Checklist() {
  const steps = useSteps()
  const done = steps.filter(({ isDone }) => isDone).length
  const isAll = done === steps.length
  return (
    <Section
      Icon={IconListCheck}
      title={isAll ? 'All done' : 'To the first call'}
      about={
        <Text span inherit role="status">
          {done} of {steps.length} done
        </Text>
      }
    >
      <Progress
        value={(done / steps.length) * 100}
        color="teal"
        size="sm"
        mb="md"
        aria-label={`${done} of ${steps.length} done`}
      />
      <ol className={classes['steps']}>
        {steps.map((step) => (
          <ChecklistItem key={step.title} {...step} />
        ))}
      </ol>
    </Section>
  )
}
