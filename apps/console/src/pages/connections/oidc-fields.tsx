import { Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { LinesInput } from '../../ui/lines-input.tsx'
import { JitFields } from './jit-fields.tsx'
import type { JitValues } from './jit-values.ts'
import { MoreSettings } from './more-settings.tsx'
import type { OidcValues } from './oidc-values.ts'

const PROVIDERS = [
  { value: '', label: 'Told by the issuer’s address' },
  { value: 'auth0', label: 'Auth0' },
  { value: 'clerk', label: 'Clerk' },
  { value: 'entra', label: 'Microsoft Entra' },
  { value: 'keycloak', label: 'Keycloak' },
  { value: 'kubernetes', label: 'Kubernetes' },
  { value: 'okta', label: 'Okta' },
]

const INSIDE = [
  'provider',
  'keysUrl',
  'allowedClients',
  'subjectClaim',
  'groupsClaim',
  'jit',
  'jitClaim',
  'jitValues',
  'jitRole',
]

interface OidcFieldsProps {
  readonly form: UseFormReturnType<OidcValues>
  /** Address of a server of this teamspace, the usual audience. */
  readonly audienceExample: string | undefined
}

export function OidcFields({ form, audienceExample }: OidcFieldsProps) {
  return (
    <Stack gap="md">
      <TextInput
        label="Issuer"
        description="Exactly as tokens spell it, with or without the last slash"
        placeholder="https://id.example.com/realms/staff"
        data-first-field
        classNames={{ input: 'mono' }}
        {...form.getInputProps('issuer')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Audience"
          description="What tokens must be for; empty: the address of the default server"
          placeholder={audienceExample}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('audience')}
        />
        <TextInput
          label="Required scope"
          description="What each token must contain; empty: none"
          placeholder="mcp.access"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('requiredScope')}
        />
      </SimpleGrid>
      <MoreSettings
        label="More: product, claims, clients"
        isNeeded={INSIDE.some((field) => form.errors[field] !== undefined)}
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label="Product"
            description="For advice, and for marks by which access tokens are told"
            data={PROVIDERS}
            allowDeselect={false}
            {...form.getInputProps('provider')}
          />
          <TextInput
            label="Address of the keys"
            description="Empty: as the issuer’s metadata says"
            classNames={{ input: 'mono' }}
            {...form.getInputProps('keysUrl')}
          />
          <TextInput
            label="Claim that identifies a person"
            description="One that stays with them for good. Never the e-mail"
            placeholder="sub"
            classNames={{ input: 'mono' }}
            {...form.getInputProps('subjectClaim')}
          />
          <TextInput
            label="Claim that names their groups"
            description="For rules of the policy that are about groups"
            placeholder="groups"
            classNames={{ input: 'mono' }}
            {...form.getInputProps('groupsClaim')}
          />
        </SimpleGrid>
        <LinesInput
          label="Allowed clients"
          description="Client IDs that may bring tokens; empty: any. One a line"
          {...form.getInputProps('allowedClients')}
        />
        <JitFields form={form as unknown as UseFormReturnType<JitValues>} claimExample="groups" />
      </MoreSettings>
    </Stack>
  )
}
