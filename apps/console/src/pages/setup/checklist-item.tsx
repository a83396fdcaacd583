import { Anchor, Group, Text, ThemeIcon, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import classes from './setup.module.css'

export interface Step {
  readonly title: string
  readonly says: ReactNode
  /** Undefined while it is not known. */
  readonly isDone: boolean | undefined
  /** Where it is done. */
  readonly to: string
  readonly linkText: string
  /** Something that can be done here at once. */
  readonly action?: ReactNode
}

export function ChecklistItem({ title, says, isDone, to, linkText, action }: Step) {
  return (
    <li className={classes['step']}>
      <ThemeIcon size={26} radius="xl" variant={isDone ? 'filled' : 'light'} color={isDone ? 'teal' : 'gray'}>
        {isDone ? <IconCheck size={16} aria-hidden /> : <IconCircle size={16} aria-hidden />}
      </ThemeIcon>
      <div>
        <Text fw={600}>
          {title}
          <VisuallyHidden>{isDone ? ' (done)' : ' (to do)'}</VisuallyHidden>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {says}
        </Text>
        <Group gap="md" mt={4}>
          {to.startsWith('#') ? (
            <Anchor href={to} size="sm">
              {linkText}
            </Anchor>
          ) : (
            <Anchor component={Link} to={to} size="sm">
              {linkText}
            </Anchor>
          )}
          {action}
        </Group>
      </div>
    </li>
  )
}
