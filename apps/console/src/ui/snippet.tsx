import { Box, Button, Code, CopyButton, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

interface SnippetProps {
  /** What it is and where it goes, such as `claude_desktop_config.json`. */
  readonly title: string
  readonly text: string
}

/** Text to paste elsewhere. Long lines scroll inside of it, and by keyboard. */
export function Snippet({ title, text }: SnippetProps) {
  return (
    <Box>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <CopyButton value={text} timeout={1_500}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0} role="region" aria-label={title}>
        {text}
      </Code>
    </Box>
  )
}
