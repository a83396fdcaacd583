import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { fieldErrors } from '../../ui/form-errors.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useCreateTeamspace } from './teamspaces-queries.ts'
import { toSlug } from './to-slug.ts'

export function NewTeamspace({ onCancel }: { readonly onCancel: () => void }) {
  const navigate = useNavigate()
  const form = useForm({ initialValues: { name: '', slug: '' } })
  const create = useCreateTeamspace()
  const submit = (input: typeof form.values) =>
    create.mutate(input, {
      onSuccess: ({ slug }) => void navigate({ to: '/t/$slug/setup', params: { slug } }),
      onError: (error) => form.setErrors(fieldErrors(error, ['name', 'slug'])),
    })
  const rename = (name: string) => {
    if (form.values.slug === toSlug(form.values.name)) form.setFieldValue('slug', toSlug(name))
    form.setFieldValue('name', name)
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
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
