import { Alert, Button, Fieldset, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { CredentialFields } from './credential-fields.tsx'
import { GATEWAY_SCOPE } from './entra-values.ts'
import type { EntraValues } from './entra-values.ts'

interface OnBehalfOfFieldsProps {
  readonly form: UseFormReturnType<EntraValues>
  readonly hasCredential: boolean
}

/** The inner door: what the servers behind are given. */
export function OnBehalfOfFields({ form, hasCredential }: OnBehalfOfFieldsProps) {
  const { onBehalfOf, audience } = form.values
  const change = (isOn: boolean) => {
    form.setFieldValue('onBehalfOf', isOn)
    if (isOn && form.values.gatewayClientId === '') form.setFieldValue('gatewayClientId', audience)
  }
  return (
    <Stack gap="md">
      <Switch
        label="Give servers a token of their own (On-Behalf-Of)"
        description="Sallyport exchanges each person’s token for one that is meant for the API behind. Servers whose outbound is entra-obo need it."
        checked={onBehalfOf}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      {onBehalfOf && (
        <Fieldset legend="On-Behalf-Of">
          <Stack gap="md">
            <TextInput
              label="Gateway client ID"
              description="The same as Audience: Entra exchanges a token only for the app that it was issued for"
              classNames={{ input: 'mono' }}
              {...form.getInputProps('gatewayClientId')}
            />
            <OtherWayRound form={form} />
            <CredentialFields form={form} hasCredential={hasCredential} />
            <TextInput
              label="Scope to ask for"
              description="Of the API behind: all that was consented to, or one scope"
              placeholder="api://API_CLIENT_ID/.default"
              classNames={{ input: 'mono' }}
              {...form.getInputProps('scope')}
            />
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput
                label="The API’s audience"
                description="Client ID of the API app; empty: as the scope says"
                classNames={{ input: 'mono' }}
                {...form.getInputProps('serverAudience')}
              />
              <TextInput
                label="Scope in the API’s tokens"
                description="What the server behind insists on, if anything"
                placeholder="mcp.access"
                classNames={{ input: 'mono' }}
                {...form.getInputProps('serverScope')}
              />
            </SimpleGrid>
          </Stack>
        </Fieldset>
      )}
    </Stack>
  )
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Many know a form where Audience is the API behind; both are the same settings. */
function OtherWayRound({ form }: { readonly form: UseFormReturnType<EntraValues> }) {
  const { audience, gatewayClientId, requiredScope } = form.values
  const [api, gateway] = [audience.trim(), gatewayClientId.trim()]
  if (!GUID.test(api) || !GUID.test(gateway) || api.toLowerCase() === gateway.toLowerCase()) return null
  const turnRound = () =>
    form.setValues({
      audience: gateway,
      requiredScope: GATEWAY_SCOPE,
      scope: `api://${api}/.default`,
      serverAudience: api,
      serverScope: requiredScope,
    })
  return (
    <Alert color="yellow" variant="light" role="status" title="Audience is another app than the gateway">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          People bring tokens for the gateway, so Audience has to be the gateway’s client ID. Is what stands in Audience
          the API behind?
        </Text>
        <Button size="compact-sm" variant="light" onClick={turnRound}>
          Yes, make it the API behind
        </Button>
      </Stack>
    </Alert>
  )
}
