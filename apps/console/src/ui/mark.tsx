import { Badge } from '@mantine/core'
import type { BadgeProps } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface MarkProps extends Omit<BadgeProps, 'color' | 'leftSection' | 'variant' | 'children'> {
  readonly Icon: Icon
  readonly color: string
  readonly children: ReactNode
}

/** A state in a word, with a sign of its own: the colour only helps. */
export function Mark({ Icon, color, children, ...props }: MarkProps) {
  return (
    <Badge
      variant="default"
      leftSection={<Icon size={13} stroke={2.4} color={`var(--mantine-color-${color}-text)`} aria-hidden />}
      {...props}
    >
      {children}
    </Badge>
  )
}
