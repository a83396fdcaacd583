import { Anchor, Button, Code, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { isEmail, useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../api/client.ts'
import { fieldErrors } from '../ui/form-errors.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { DoorCard } from './door-card.tsx'
import { sessionQuery } from './session.ts'

const SHORTEST = 12

/** The secret stands in the fragment, which browsers send nowhere; once read it leaves the address as well. */
function takeSecret(): string {
  const secret = window.location.hash.slice(1)
  if (secret !== '') window.history.replaceState(null, '', window.location.pathname)
  return secret
}

export function BootstrapPage() {
  const [secret] = useState(takeSecret)
  const { data } = useQuery(sessionQuery)
  // Once there is a password, a link is for setting another.
  const isReset = data?.ways.password === true
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
    gcTime: 0,
    onSuccess: async () => {
      await client.invalidateQueries()
      await navigate({ to: '/', replace: true })
    },
    onError: (error) => form.setErrors(fieldErrors(error, ['email', 'password'])),
  })
  if (secret === '') return <NoSecret isReset={isReset} canSignIn={data?.ways.bootstrap === false} />
  return (
    <DoorCard title={isReset ? 'Set a new password' : 'Welcome'}>
      <form onSubmit={form.onSubmit((values) => bootstrap.mutate(values))}>
        <Stack>
          <Text size="sm" c="dimmed">
            {isReset
              ? 'Of the account that runs this Sallyport. All its sessions end. The link works once.'
              : 'This makes the account that runs this Sallyport. The link works once.'}
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
          <Button type="submit" loading={bootstrap.isPending}>
            {isReset ? 'Set the password' : 'Create the account'}
          </Button>
        </Stack>
      </form>
    </DoorCard>
  )
}

interface NoSecretProps {
  readonly isReset: boolean
  readonly canSignIn: boolean
}

function NoSecret({ isReset, canSignIn }: NoSecretProps) {
  return (
    <DoorCard title={isReset ? 'The link is needed' : 'Not set up yet'}>
      <Stack gap="sm">
        <Text>
          {isReset
            ? 'This page works with a link that was made for it, which is used up when it was opened once.'
            : 'Nobody runs this Sallyport yet. The link that makes the first account was printed in the terminal where it was started.'}
        </Text>
        <Text c="dimmed" size="sm">
          Is it lost? <Code>sallyport console reset-link</Code> prints a new one.
        </Text>
        {canSignIn && (
          <Anchor component={Link} to="/sign-in">
            To the sign-in
          </Anchor>
        )}
      </Stack>
    </DoorCard>
  )
}
