import { Select, SimpleGrid } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { LinesInput } from '../../ui/lines-input.tsx'
import type { EntraValues } from './entra-values.ts'
import { JitFields } from './jit-fields.tsx'
import type { JitValues } from './jit-values.ts'
import { MoreSettings } from './more-settings.tsx'

const INSIDE = [
  'acceptedRoles',
  'allowedClients',
  'groups',
  'redirectUris',
  'clientAuth',
  'jit',
  'jitClaim',
  'jitValues',
  'jitRole',
]

export function EntraMoreFields({ form }: { readonly form: UseFormReturnType<EntraValues> }) {
  return (
    <MoreSettings
      label="More: roles, clients, groups"
      isNeeded={INSIDE.some((field) => form.errors[field] !== undefined)}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <LinesInput
          label="Accepted roles"
          description="App roles that do instead of the required scope, for apps that call for themselves. One a line"
          {...form.getInputProps('acceptedRoles')}
        />
        <LinesInput
          label="Allowed clients"
          description="Client IDs that may bring tokens; empty: any. One a line"
          {...form.getInputProps('allowedClients')}
        />
      </SimpleGrid>
      <Select
        label="Where groups are read"
        description="For rules of the policy that are about groups"
        data={[
          { value: 'token-then-graph', label: 'In the token, else at Microsoft Graph' },
          { value: 'token', label: 'In the token only' },
          { value: 'graph', label: 'At Microsoft Graph only' },
        ]}
        allowDeselect={false}
        maw={420}
        {...form.getInputProps('groups')}
      />
      <LinesInput
        label="Redirect URIs of MCP clients"
        description="Where this sign-in may send people back to. Ports of localhost do not matter. One a line"
        {...form.getInputProps('redirectUris')}
      />
      <Select
        label="Secret at the token endpoint"
        description="Redirect URIs on Entra’s Web platform need the gateway’s secret, which clients do not have"
        data={[
          { value: 'none', label: 'Clients prove themselves (Mobile and desktop platform)' },
          { value: 'inject', label: 'Sallyport adds the gateway’s credential (Web platform)' },
        ]}
        allowDeselect={false}
        maw={520}
        {...form.getInputProps('clientAuth')}
      />
      <JitFields form={form as unknown as UseFormReturnType<JitValues>} claimExample="groups" />
    </MoreSettings>
  )
}
