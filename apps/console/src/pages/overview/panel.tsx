import { Paper, Text, Title } from '@mantine/core'
import { useId } from 'react'
import type { ReactNode } from 'react'

interface PanelProps {
  readonly title: string
  /** In the place of what is not there. */
  readonly empty?: string | undefined
  readonly children: ReactNode
}

export function Panel({ title, empty, children }: PanelProps) {
  const id = useId()
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id} miw={0}>
      <Title order={2} size="h5" mb="xs" id={id}>
        {title}
      </Title>
      {empty === undefined ? (
        children
      ) : (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      )}
    </Paper>
  )
}
