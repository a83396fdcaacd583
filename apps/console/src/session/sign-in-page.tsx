import { Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { DoorCard } from './door-card.tsx'
import { sessionQuery } from './session.ts'
import { ownPath, useSignIn } from './sign-in-queries.ts'

export function SignInPage() {
  const { to } = useSearch({ strict: false })
  const { data, error } = useQuery(sessionQuery)
  const [asksPassword, setAsksPassword] = useState(false)
  const form = useForm({ initialValues: { email: '', password: '' } })
  const signIn = useSignIn(to, () => setAsksPassword(true))
  if (data?.signedIn) return <Navigate to={ownPath(to)} replace />
  if (data?.ways.bootstrap) return <Navigate to="/bootstrap" replace />

  const submit = ({ email, password }: typeof form.values) =>
    signIn.mutate({ email: email.trim(), ...(asksPassword && { password }) })
  const useAnother = () => {
    setAsksPassword(false)
    form.reset()
    signIn.reset()
  }
  return (
    <DoorCard title="Sign in">
      <ProblemAlert error={error} mb="md" />
      <form onSubmit={form.onSubmit(submit)}>
        <Stack>
          <TextInput
            label="E-mail"
            description={asksPassword ? undefined : 'It leads to the sign-in of your organisation'}
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
          <Button type="submit" loading={signIn.isPending && signIn.variables.provider === undefined}>
            {asksPassword ? 'Sign in' : 'Continue'}
          </Button>
          {asksPassword && (
            <Button variant="subtle" onClick={useAnother}>
              Use another e-mail
            </Button>
          )}
        </Stack>
      </form>
      {!asksPassword && (
        <Providers
          names={data?.ways.providers.map(({ name }) => name) ?? []}
          chosen={signIn.isPending ? signIn.variables.provider : undefined}
          onChoose={(provider) => signIn.mutate({ provider })}
        />
      )}
    </DoorCard>
  )
}

interface ProvidersProps {
  readonly names: readonly string[]
  readonly chosen: string | undefined
  readonly onChoose: (name: string) => void
}

/** For who knows where they sign in. */
function Providers({ names, chosen, onChoose }: ProvidersProps) {
  if (names.length === 0) return null
  return (
    <>
      <Divider label="or" my="md" />
      <Stack gap="xs">
        {names.map((name) => (
          <Button key={name} variant="default" loading={chosen === name} onClick={() => onChoose(name)}>
            Sign in with {name}
          </Button>
        ))}
      </Stack>
    </>
  )
}
