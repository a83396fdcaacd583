import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { fieldErrors } from '../../ui/form-errors.ts'
import { notifyDone } from '../../ui/notify.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useRenameTeamspace } from './teamspaces-queries.ts'

interface RenameTeamspaceProps {
  readonly teamspace: Pick<Teamspace, 'slug' | 'name'>
  readonly opened: boolean
  readonly onClose: () => void
}

export function RenameTeamspace({ teamspace, opened, onClose }: RenameTeamspaceProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Rename ${teamspace.name}`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <RenameForm teamspace={teamspace} onClose={onClose} />
    </Modal>
  )
}

function RenameForm({ teamspace, onClose }: Omit<RenameTeamspaceProps, 'opened'>) {
  const form = useForm({ initialValues: { name: teamspace.name } })
  const rename = useRenameTeamspace(teamspace.slug)
  const submit = ({ name }: typeof form.values) =>
    rename.mutate(name, {
      onSuccess: (answer) => {
        notifyDone(`Renamed to ${answer.body.name}.`)
        onClose()
      },
      onError: (error) => form.setErrors(fieldErrors(error, ['name'])),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Name"
          description={`Addresses stay as they are: /t/${teamspace.slug}`}
          required
          withAsterisk={false}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {Object.keys(form.errors).length === 0 && <ProblemAlert error={rename.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
