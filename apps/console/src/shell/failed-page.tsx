import { Button, Center, Stack, Text, Title } from '@mantine/core'

/** What no page was prepared for. */
export function FailedPage() {
  return (
    <Center component="main" mih="60vh" p="md">
      <Stack align="center" gap="xs" role="alert">
        <Title order={1} size="h2">
          This page broke
        </Title>
        <Text c="dimmed">
          Nothing was changed. Loading it again may help; the browser’s console says what happened.
        </Text>
        <Button variant="default" onClick={() => window.location.reload()}>
          Load again
        </Button>
      </Stack>
    </Center>
  )
}
