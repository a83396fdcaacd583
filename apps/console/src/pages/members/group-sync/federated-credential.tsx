import { Code, List, Paper, Stack, Text, Title } from '@mantine/core'
import { CopyField } from '../../../ui/copy-field.tsx'
import type { FederatedCredential as Credential } from './group-sync-queries.ts'

/** What is done in Entra: there is no secret to exchange. */
export function FederatedCredential({ credential }: { readonly credential: Credential }) {
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h4" mb="xs">
        In Microsoft Entra
      </Title>
      <List type="ordered" size="sm" spacing="xs">
        <List.Item>Register an app for the sync, or take the API’s. It needs no redirect URI and no secret.</List.Item>
        <List.Item>
          API permissions, Microsoft Graph, application permissions: <Code>GroupMember.Read.All</Code> and{' '}
          <Code>User.ReadBasic.All</Code>. Grant admin consent.
        </List.Item>
        <List.Item>
          Certificates and secrets, Federated credentials, Other issuer, with these three values letter by letter. It
          takes Entra some minutes until it accepts them.
          <Stack gap={4} mt="xs">
            {(['issuer', 'subject', 'audience'] as const).map((name) => (
              <div key={name}>
                <Text size="xs" c="dimmed">
                  {name.charAt(0).toUpperCase() + name.slice(1)}
                </Text>
                <CopyField label={name} value={credential[name]} />
              </div>
            ))}
          </Stack>
        </List.Item>
      </List>
    </Paper>
  )
}
