import { Alert, Button, Code, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { isEmail, useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../api/client.ts'
import { fieldErrors } from '../ui/form-errors.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { DoorCard } from './door-card.tsx'

const SHORTEST = 12

/** The secret stands in the fragment, which browsers send nowhere; once read it leaves the address as well. */
function takeSecret(): string {
  const secret = window.location.hash.slice(1)
  if (secret !== '') window.history.replaceState(null, '', window.location.pathname)
  return secret
}

export function BootstrapPage() {
  const [secret] = useState(takeSecret)
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { email: '', password: '', again: '' },
    validate: {
      email: isEmail('This is no e-mail address'),
      password: (password) => (password.length < SHORTEST ? `At least ${SHORTEST} characters` : null),
      again: (again, { password }) => (again === password ? null : 'These are not the same'),
    },
  })
  const bootstrap = useMutation({
    mutationFn: ({ email, password }: typeof form.values) =>
      request('/console/bootstrap', { method: 'POST', body: { secret, email, password } }),
    onSuccess: async () => {
      await client.invalidateQueries()
      await navigate({ to: '/', replace: true })
    },
    onError: (error) => form.setErrors(fieldErrors(error, ['email', 'password'])),
  })
  if (secret === '') {
    return (
      <DoorCard title="Not set up yet">
        <Stack gap="sm">
          <Text>
            Nobody runs this Sallyport yet. The link that makes the first account was printed in the terminal where it
            was started.
          </Text>
          <Text c="dimmed" size="sm">
            Is it lost? <Code>sallyport console reset-link</Code> prints a new one.
          </Text>
        </Stack>
      </DoorCard>
    )
  }
  return (
    <DoorCard title="Welcome">
      <form onSubmit={form.onSubmit((values) => bootstrap.mutate(values))}>
        <Stack>
          <Text size="sm" c="dimmed">
            This makes the account that runs this Sallyport. The link works once.
          </Text>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            description={`At least ${SHORTEST} characters`}
            autoComplete="new-password"
            required
            withAsterisk={false}
            {...form.getInputProps('password')}
          />
          <PasswordInput
            label="Password again"
            autoComplete="new-password"
            required
            withAsterisk={false}
            {...form.getInputProps('again')}
          />
          {bootstrap.isError && Object.keys(form.errors).length === 0 && <ProblemAlert error={bootstrap.error} />}
          {bootstrap.isError && (
            <Alert variant="light" color="gray">
              If the link was used or is too old, <Code>sallyport console reset-link</Code> prints a new one.
            </Alert>
          )}
          <Button type="submit" loading={bootstrap.isPending}>
            Create the account
          </Button>
        </Stack>
      </form>
    </DoorCard>
  )
}
