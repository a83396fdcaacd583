import { Button, Collapse, Stack } from '@mantine/core'
import { useDisclosure, useId } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface MoreSettingsProps {
  /** What is inside, in a few words. */
  readonly label: string
  /** Something inside is not right, or not as it comes. */
  readonly isNeeded: boolean
  readonly children: ReactNode
}

/** Settings that most never change. They show by themselves as soon as they matter. */
export function MoreSettings({ label, isNeeded, children }: MoreSettingsProps) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const id = useId()
  const isShown = isOpen || isNeeded
  const Icon = isShown ? IconChevronDown : IconChevronRight
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-md"
        px={4}
        leftSection={<Icon size={16} aria-hidden />}
        aria-expanded={isShown}
        aria-controls={id}
        onClick={toggle}
      >
        {label}
      </Button>
      <Collapse expanded={isShown} id={id}>
        <Stack gap="md" pt="sm">
          {children}
        </Stack>
      </Collapse>
    </div>
  )
}
