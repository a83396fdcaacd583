import { Anchor, Center, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'

export function MissingPage() {
  return (
    <Center component="main" mih="60vh" p="md">
      <Stack align="center" gap="xs">
        <Title order={1} size="h2">
          There is nothing here
        </Title>
        <Text c="dimmed">The address is wrong, or what it led to is gone.</Text>
        <Anchor component={Link} to="/">
          To the start
        </Anchor>
      </Stack>
    </Center>
  )
}
