import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { request } from '../api/client.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { DoorCard } from './door-card.tsx'
import { sessionQuery } from './session.ts'

/** What the e-mail leads to: an identity provider of its domain, a password, or straight in. */
type Next =
  | { readonly next: 'redirect'; readonly location: string }
  | { readonly next: 'password' }
  | { readonly next: 'done'; readonly returnTo: string }

/** Paths of ours only: whoever made the link must not choose where a sign-in ends. */
const ownPath = (to: string | undefined): string => (to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/')

export function SignInPage() {
  const { to, refused } = useSearch({ strict: false })
  const { data } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const client = useQueryClient()
  const [asksPassword, setAsksPassword] = useState(false)
  const form = useForm({ initialValues: { email: '', password: '' } })
  const signIn = useMutation({
    mutationFn: async ({ email, password }: typeof form.values) =>
      (
        await request<Next>('/console/sign-in', {
          method: 'POST',
          body: { email, returnTo: ownPath(to), ...(asksPassword && { password }) },
        })
      ).body,
    onSuccess: async (next) => {
      if (next.next === 'redirect') return window.location.assign(next.location)
      if (next.next === 'password') return setAsksPassword(true)
      await client.invalidateQueries()
      await navigate({ to: ownPath(to), replace: true })
    },
  })
  if (data?.signedIn) return <Navigate to={ownPath(to)} replace />
  if (data?.needsBootstrap) return <Navigate to="/bootstrap" replace />
  return (
    <DoorCard title="Sign in">
      {refused !== undefined && (
        <Alert color="yellow" role="alert" mb="md">
          {REFUSED[refused] ?? REFUSED['other']}
        </Alert>
      )}
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            readOnly={asksPassword}
            {...form.getInputProps('email')}
          />
          {asksPassword && (
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              autoFocus
              {...form.getInputProps('password')}
            />
          )}
          <ProblemAlert error={signIn.error} />
          <Button type="submit" loading={signIn.isPending}>
            {asksPassword ? 'Sign in' : 'Continue'}
          </Button>
          {asksPassword && (
            <Button variant="subtle" onClick={() => setAsksPassword(false)}>
              Use another e-mail
            </Button>
          )}
        </Stack>
      </form>
    </DoorCard>
  )
}

/** By the code that the sign-in came back with. */
const REFUSED: Readonly<Record<string, string>> = {
  no_membership:
    'You signed in, but you are no member of any teamspace here. Ask an owner of your teamspace to add you, with the e-mail and object ID that your organisation knows you by.',
  expired: 'The sign-in took too long. Please try again.',
  cancelled: 'The sign-in was cancelled.',
  provider: 'Your identity provider did not complete the sign-in. Try again; if it stays so, ask whoever runs it.',
  other: 'The sign-in did not work. Please try again.',
}
