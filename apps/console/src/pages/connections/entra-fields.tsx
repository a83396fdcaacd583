import { Autocomplete, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useInstance } from '../../session/use-instance.ts'
import type { EntraValues } from './entra-values.ts'
import { EntraMoreFields } from './entra-more-fields.tsx'
import { OnBehalfOfFields } from './on-behalf-of-fields.tsx'

interface EntraFieldsProps {
  readonly form: UseFormReturnType<EntraValues>
  readonly cloud: string | undefined
  readonly hasCredential: boolean
}

/** With the words of Microsoft's portal. */
export function EntraFields({ form, cloud, hasCredential }: EntraFieldsProps) {
  const { data: instance } = useInstance()
  const clouds = new Set([...(instance?.clouds ?? ['global']), ...(cloud === undefined ? [] : [cloud])])
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Tenant ID"
          description="Directory (tenant) ID of your Entra tenant"
          placeholder="00000000-0000-0000-0000-000000000000"
          data-first-field
          classNames={{ input: 'mono' }}
          {...form.getInputProps('tenantId')}
        />
        <Autocomplete
          label="Cloud"
          description="global, unless yours is a national cloud"
          data={[...clouds]}
          {...form.getInputProps('cloud')}
        />
        <TextInput
          label="Audience"
          description={
            form.values.onBehalfOf
              ? 'Client ID of the gateway app, which people’s tokens are for'
              : 'Client ID of the app that people’s tokens are for'
          }
          placeholder="00000000-0000-0000-0000-000000000000"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('audience')}
        />
        <TextInput
          label="Required scope"
          description="What each token must contain; empty: any scope or role does"
          placeholder="mcp.access"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('requiredScope')}
        />
      </SimpleGrid>
      <OnBehalfOfFields form={form} hasCredential={hasCredential} />
      <EntraMoreFields form={form} />
    </Stack>
  )
}
