import { Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly Icon: Icon
  readonly title: string
  /** What to do next, and why. */
  readonly says: ReactNode
  readonly children?: ReactNode
}

/** Where there is nothing yet. */
export function EmptyState({ Icon, title, says, children }: EmptyStateProps) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="sm" ta="center">
        <ThemeIcon variant="light" size={48} radius="xl">
          <Icon size={26} stroke={1.6} aria-hidden />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed" maw={520}>
          {says}
        </Text>
        {children}
      </Stack>
    </Paper>
  )
}
