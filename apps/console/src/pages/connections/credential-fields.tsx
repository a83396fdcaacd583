import { PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { EntraValues } from './entra-values.ts'

interface CredentialFieldsProps {
  readonly form: UseFormReturnType<EntraValues>
  /** One was saved before; it is never shown, and stays until another is typed. */
  readonly hasCredential: boolean
}

const KINDS = [
  { value: 'secret', label: 'Client secret' },
  { value: 'certificate', label: 'Certificate' },
  { value: 'federated', label: 'Federated token file' },
]

/** How the gateway app proves itself to Entra. */
export function CredentialFields({ form, hasCredential }: CredentialFieldsProps) {
  const { credential } = form.values
  const choices = hasCredential ? [{ value: 'kept', label: 'Set: keep the one that is saved' }, ...KINDS] : KINDS
  return (
    <Stack gap="md">
      <Select
        label="Credential of the gateway app"
        description="Stored encrypted, and never shown again"
        data={choices}
        allowDeselect={false}
        {...form.getInputProps('credential')}
      />
      {credential === 'secret' && (
        <PasswordInput
          label="Client secret"
          description="Its value, not its ID"
          autoComplete="off"
          {...form.getInputProps('secret')}
        />
      )}
      {credential === 'certificate' && (
        <>
          <Textarea
            label="Private key"
            description="PEM, not encrypted"
            placeholder="-----BEGIN PRIVATE KEY-----"
            autosize
            minRows={3}
            maxRows={8}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            {...form.getInputProps('privateKeyPem')}
          />
          <Textarea
            label="Certificate"
            description="PEM; the same one is uploaded to the gateway app"
            placeholder="-----BEGIN CERTIFICATE-----"
            autosize
            minRows={3}
            maxRows={8}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            {...form.getInputProps('certificatePem')}
          />
        </>
      )}
      {credential === 'federated' && (
        <TextInput
          label="Token file"
          description="Path on the machine that runs Sallyport; read for each exchange"
          placeholder="/var/run/secrets/azure/tokens/azure-identity-token"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('tokenFile')}
        />
      )}
    </Stack>
  )
}
