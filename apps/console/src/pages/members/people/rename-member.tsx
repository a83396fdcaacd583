import { Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { fieldErrors } from '../../../ui/form-errors.ts'
import { FormButtons } from '../../../ui/form-buttons.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { useRenameMember } from '../members-queries.ts'
import type { Member } from '../members-queries.ts'

export function RenameMember({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { slug } = useTeamspace()
  const rename = useRenameMember(slug, member.id)
  const form = useForm({ initialValues: { displayName: member.displayName ?? '' } })
  const submit = ({ displayName }: typeof form.values) =>
    rename.mutate(displayName.trim(), {
      onSuccess: ({ body }) => {
        notifyDone(
          body.displayName === null ? `${body.email} has no name now` : `${body.email} is called ${body.displayName}`,
        )
        onClose()
      },
      onError: (error) => form.setErrors(fieldErrors(error, ['displayName'])),
    })
  const isSynced = member.sources.every((source) => source === 'scim' || source === 'group_sync')
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label={`Name of ${member.email}`}
          description="For people to find them by. It says nothing of what they may do."
          maxLength={256}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('displayName')}
        />
        {isSynced && (
          <Text size="sm" c="dimmed">
            They are here by their directory alone: when it tells a name again, that one counts.
          </Text>
        )}
        {Object.keys(form.errors).length === 0 && <ProblemAlert error={rename.error} />}
        <FormButtons action="Change the name" isPending={rename.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
