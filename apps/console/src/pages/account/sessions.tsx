import { Badge, Button, Group, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDevices } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ProblemError } from '../../api/client.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { Time } from '../../ui/time.tsx'
import { sessionsQuery, useEndSession, useSignOutEverywhere } from './account-queries.ts'
import type { ConsoleSession } from './account-queries.ts'
import { browserName } from './browser-name.ts'

/** Where one is signed in to this console. */
export function Sessions() {
  const { data: sessions, error, isPending } = useQuery(sessionsQuery)
  const everywhere = useSignOutEverywhere()
  const [isAsking, { open, close }] = useDisclosure(false)
  // Who comes with a token has none.
  const hasNone = error instanceof ProblemError && error.status === 404
  return (
    <Section
      Icon={IconDevices}
      title="Sessions"
      about="Where you are signed in to this console. One that you do not know: end it, and tell whoever runs your sign-in."
      actions={
        sessions && (
          <Button variant="default" onClick={open}>
            Sign out everywhere
          </Button>
        )
      }
    >
      {isPending && <Skeleton height={120} />}
      {hasNone ? <Text size="sm">You have no sessions here.</Text> : <ProblemAlert error={error} />}
      {sessions && <SessionTable sessions={sessions} />}
      <Confirm
        opened={isAsking}
        title="Sign out everywhere"
        says={<Text size="sm">All your sessions end, this one included. You will have to sign in again.</Text>}
        action="Sign out everywhere"
        isPending={everywhere.isPending}
        onConfirm={() => everywhere.mutate()}
        onClose={close}
      />
    </Section>
  )
}

function SessionTable({ sessions }: { readonly sessions: readonly ConsoleSession[] }) {
  return (
    <Table className="stack-on-phone" verticalSpacing="xs" aria-label="Sessions">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Browser</Table.Th>
          <Table.Th scope="col">Address</Table.Th>
          <Table.Th scope="col">Signed in</Table.Th>
          <Table.Th scope="col">Last seen</Table.Th>
          <Table.Th scope="col">
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function SessionRow({ session }: { readonly session: ConsoleSession }) {
  const { id, agent, address, way, createdAt, lastSeenAt, isCurrent } = session
  const end = useEndSession()
  const name = browserName(agent)
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          <Group gap="xs">
            {name}
            {isCurrent && (
              <Badge component="span" variant="light" color="teal">
                This one
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            by {way}
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td data-label="Address">
        <span className="mono">{address ?? 'not known'}</span>
      </Table.Td>
      <Table.Td data-label="Signed in">
        <Time at={createdAt} />
      </Table.Td>
      <Table.Td data-label="Last seen">
        <Time at={lastSeenAt} />
      </Table.Td>
      <Table.Td>
        {!isCurrent && (
          <Button
            size="compact-sm"
            variant="default"
            loading={end.isPending}
            onClick={() => end.mutate(id)}
            aria-label={`End the session of ${name}`}
          >
            End
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
