import { Anchor, Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { Paper, Skeleton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconStack2 } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { useSignedIn } from '../../session/session.ts'
import { teamspacesQuery, useTeamspaces } from '../../session/use-teamspaces.ts'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { fieldErrors } from '../../ui/form-errors.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Time } from '../../ui/time.tsx'

export function TeamspacesPage() {
  const { isOperator } = useSignedIn()
  const { data: teamspaces, error, isPending } = useTeamspaces()
  const [isOpen, { open, close }] = useDisclosure(false)
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      New teamspace
    </Button>
  )
  return (
    <>
      <PageHeader title="Teamspaces" about="One for each customer or team: its own sign-in, people, tokens and rules.">
        {isOperator && create}
      </PageHeader>
      <ProblemAlert error={error} />
      {isPending && <Skeleton height={96} />}
      {teamspaces?.length === 0 && (
        <EmptyState
          Icon={IconStack2}
          title="No teamspace yet"
          says={
            isOperator
              ? 'Create the first one, connect its identity provider, and bring its people in.'
              : 'You belong to none. Ask an owner of your teamspace to add you.'
          }
        >
          {isOperator && create}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {teamspaces?.map((teamspace) => (
          <Paper key={teamspace.slug} withBorder p="md">
            <Stack gap={4}>
              <Anchor component={Link} to={`/t/${teamspace.slug}`} fw={650} size="lg">
                {teamspace.name}
              </Anchor>
              <Text size="sm" c="dimmed">
                <span className="mono">{teamspace.slug}</span> · created <Time at={teamspace.createdAt} />
              </Text>
            </Stack>
          </Paper>
        ))}
      </SimpleGrid>
      <Modal
        opened={isOpen}
        onClose={close}
        title="New teamspace"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewTeamspace onCancel={close} />
      </Modal>
    </>
  )
}

const toSlug = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)

function NewTeamspace({ onCancel }: { readonly onCancel: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({ initialValues: { name: '', slug: '' } })
  const create = useMutation({
    mutationFn: (input: typeof form.values) => api.post<Teamspace>('/teamspaces', input),
    onSuccess: async ({ slug }) => {
      await client.invalidateQueries({ queryKey: teamspacesQuery.queryKey })
      await navigate({ to: '/t/$slug/setup', params: { slug } })
    },
    onError: (error) => form.setErrors(fieldErrors(error, ['name', 'slug'])),
  })
  const rename = (name: string) => {
    if (!form.isDirty('slug') || form.values.slug === toSlug(form.values.name)) form.setFieldValue('slug', toSlug(name))
    form.setFieldValue('name', name)
  }
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        <TextInput
          label="Name"
          placeholder="Acme"
          required
          withAsterisk={false}
          data-autofocus
          {...form.getInputProps('name')}
          onChange={(event) => rename(event.currentTarget.value)}
        />
        <TextInput
          label="Slug"
          description="Part of addresses, as in /t/acme; it stays as it is"
          required
          withAsterisk={false}
          {...form.getInputProps('slug')}
        />
        {Object.keys(form.errors).length === 0 && <ProblemAlert error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
