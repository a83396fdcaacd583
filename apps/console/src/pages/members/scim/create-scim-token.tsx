import { NativeSelect, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { dayFrom, endTime } from '../../../ui/end-choice.ts'
import type { End } from '../../../ui/end-choice.ts'
import { EndField } from '../../../ui/end-field.tsx'
import { fieldErrors } from '../../../ui/form-errors.ts'
import { FormButtons } from '../../../ui/form-buttons.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { useCreateScimToken } from './scim-queries.ts'
import type { CreatedScimToken, NewScimToken } from './scim-queries.ts'

interface CreateScimTokenProps {
  readonly onCreated: (created: CreatedScimToken) => void
  readonly onClose: () => void
}

export function CreateScimToken({ onCreated, onClose }: CreateScimTokenProps) {
  const { slug } = useTeamspace()
  const create = useCreateScimToken(slug, onCreated)
  const form = useForm({
    initialValues: {
      name: '',
      connection: 'entra' as NewScimToken['connection'],
      end: { choice: 'never', date: dayFrom(Date.now(), 365) } as End,
    },
  })
  const submit = ({ name, connection, end }: typeof form.values) =>
    create.mutate(
      { name, connection, expires_at: endTime(end) },
      {
        onError: (error) => {
          const { expires_at: end, ...others } = fieldErrors(error, ['name', 'connection', 'expires_at'])
          form.setErrors({ ...others, ...(end !== undefined && { end }) })
        },
      },
    )
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Name"
          description="Which identity provider it is for, as in the audit trail"
          placeholder="Entra"
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <NativeSelect
          label="Whose people it names"
          description="What externalId says is looked up among the people of this connection"
          data={[
            { value: 'entra', label: 'Entra: externalId is the object ID' },
            { value: 'oidc', label: 'OpenID Connect: externalId is the subject' },
          ]}
          {...form.getInputProps('connection')}
        />
        <EndField
          label="Ends"
          description="When it has ended, nobody is provisioned or taken away until it is replaced"
          value={form.values.end}
          error={form.errors['end']}
          onChange={(end) => form.setFieldValue('end', end)}
        />
        {Object.keys(form.errors).length === 0 && <ProblemAlert error={create.error} />}
        <FormButtons action="Create token" isPending={create.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
