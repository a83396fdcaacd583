import { Center, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'

interface NoticeProps {
  readonly title: string
  readonly says: string
  /** A page of its own, without the frame; a page has one main part. */
  readonly isWhole: boolean
  readonly children: ReactNode
}

/** In the place of a page. */
export function Notice({ title, says, isWhole, children }: NoticeProps) {
  useDocumentTitle(`${title} · Sallyport`)
  return (
    <Center component={isWhole ? 'main' : 'div'} mih="60vh" p="md">
      <Stack align="center" gap="sm" ta="center">
        {isWhole && <Logo size={44} />}
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed" maw={480}>
          {says}
        </Text>
        {children}
      </Stack>
    </Center>
  )
}
