import { Center, Paper, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Logo } from '../shell/logo.tsx'

/** The pages in front of the door. */
export function DoorCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useDocumentTitle(`${title} · Sallyport`)
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420}>
        <Stack align="center" gap="xs" mb="lg">
          <Logo size={44} />
          <Title order={1} size="h3">
            {title}
          </Title>
        </Stack>
        {children}
      </Paper>
    </Center>
  )
}
