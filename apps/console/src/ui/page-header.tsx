import { Box, Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface PageHeaderProps {
  readonly title: string
  /** One sentence on what the page is for. */
  readonly about?: ReactNode
  /** The page's main actions. */
  readonly children?: ReactNode
}

export function PageHeader({ title, about, children }: PageHeaderProps) {
  useDocumentTitle(`${title} · Sallyport`)
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Box maw={720}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {about !== undefined && (
          <Text c="dimmed" mt={4}>
            {about}
          </Text>
        )}
      </Box>
      {children !== undefined && <Group gap="sm">{children}</Group>}
    </Group>
  )
}
