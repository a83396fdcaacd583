import { Box, Group, Paper, Text, ThemeIcon, Title } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface SectionProps {
  readonly title: ReactNode
  readonly about?: ReactNode
  readonly Icon?: Icon
  /** What can be done with the whole of it. */
  readonly actions?: ReactNode
  readonly id?: string
  readonly children?: ReactNode
}

/** One subject of a page, under a heading of its own. */
export function Section({ title, about, Icon, actions, id, children }: SectionProps) {
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} {...(id !== undefined && { id })}>
      <Group justify="space-between" align="flex-start" gap="sm" mb={children ? 'md' : 0}>
        <Group gap="sm" wrap="nowrap" align={about === undefined ? 'center' : 'flex-start'} miw={0} flex="1 1 260px">
          {Icon && (
            <ThemeIcon variant="light" size={36} radius="md">
              <Icon size={20} stroke={1.7} aria-hidden />
            </ThemeIcon>
          )}
          <Box miw={0}>
            <Title order={2} size="h4">
              {title}
            </Title>
            {about !== undefined && (
              <Text size="sm" c="dimmed" component="div" maw={680}>
                {about}
              </Text>
            )}
          </Box>
        </Group>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  )
}
