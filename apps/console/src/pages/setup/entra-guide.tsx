import { Anchor, Stack, Text, Title } from '@mantine/core'
import { IconBrandAzure } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/section.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import type { EntraConnection } from '../connections/connection.ts'
import { toGuideValues, VS_CODE_CLIENT_ID } from './entra-values.ts'
import type { EntraGuideValues } from './entra-values.ts'
import classes from './setup.module.css'

/** The two apps of On-Behalf-Of, in the order in which each can name the other. */
export function EntraGuide({ connection }: { readonly connection: EntraConnection | undefined }) {
  const { slug } = useTeamspace()
  const values = toGuideValues(connection)
  return (
    <Section
      Icon={IconBrandAzure}
      id="entra"
      title="The two app registrations in Microsoft Entra"
      about={
        <>
          People bring tokens for the gateway; servers get tokens for the API, and both name the same person. Both apps
          are of a single tenant.{' '}
          {connection ? 'Filled in from your connection.' : 'CAPITALS stand for what Entra shows you.'}
        </>
      }
    >
      <Stack gap="lg">
        <ApiApp {...values} />
        <GatewayApp {...values} />
        <div>
          <Title order={3} size="h5" mb="xs">
            Last: tell Sallyport
          </Title>
          <Text size="sm">
            <Anchor component={Link} to={`/t/${slug}/connections`} inherit underline="always">
              Connections, Microsoft Entra
            </Anchor>
            : the Tenant ID; as Audience and gateway client ID the gateway’s; its secret; and as scope to ask for{' '}
            <span className="mono">api://{values.apiClientId}/.default</span>. Then test it.
          </Text>
        </div>
      </Stack>
    </Section>
  )
}

function ApiApp({ apiClientId, apiScope }: EntraGuideValues) {
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        First: the API, which stands for the servers
      </Title>
      <ol className={classes['numbered']}>
        <li>Register an app, such as “MCP API”, for accounts of this directory only. No redirect URI.</li>
        <li>
          Expose an API, with a scope that admins and users can consent to:
          <Facts
            facts={[
              {
                label: 'Application ID URI',
                value: <CopyField label="Application ID URI of the API" value={`api://${apiClientId}`} />,
              },
              { label: 'Scope', value: <CopyField label="scope of the API" value={apiScope} /> },
            ]}
          />
        </li>
        <li>
          Manifest: <span className="mono">api.requestedAccessTokenVersion</span> is <span className="mono">2</span>.
          Read it back, since the portal has been seen not to save it; this always does:
          <Snippet
            title="In a terminal"
            text={`az ad app update --id ${apiClientId} --set api.requestedAccessTokenVersion=2`}
          />
        </li>
      </ol>
    </div>
  )
}

function GatewayApp(values: EntraGuideValues) {
  const { apiClientId, apiScope, gatewayClientId, gatewayScope, redirectUris } = values
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        Second: the gateway, which stands for Sallyport
      </Title>
      <ol className={classes['numbered']}>
        <li>
          Register an app, such as “MCP Gateway”. Expose an API, and version 2 in its manifest again:
          <Facts
            facts={[
              {
                label: 'Application ID URI',
                value: <CopyField label="Application ID URI of the gateway" value={`api://${gatewayClientId}`} />,
              },
              { label: 'Scope', value: <CopyField label="scope of the gateway" value={gatewayScope} /> },
            ]}
          />
        </li>
        <li>
          Certificates and secrets: a client secret (copy its value, not its ID), a certificate, or a federated
          credential.
        </li>
        <li>
          API permissions: the delegated permission <span className="mono">{apiScope}</span> of the API, then{' '}
          <b>Grant admin consent</b>.
        </li>
        <li>
          Authentication, platform <b>Mobile and desktop applications</b>: the redirect URIs of your clients. Ports of
          localhost do not matter.
          <Snippet title="Redirect URIs" text={redirectUris.join('\n')} />
        </li>
        <li>
          Expose an API, authorized client applications: for <span className="mono">{gatewayScope}</span> the clients
          that need no consent prompt, such as VS Code
          <CopyField label="client ID of VS Code" value={VS_CODE_CLIENT_ID} />
        </li>
        <li>
          Back on the API (<span className="mono">{apiClientId}</span>), authorized client applications: the gateway,
          for <span className="mono">{apiScope}</span>
          <CopyField label="client ID of the gateway" value={gatewayClientId} />
        </li>
      </ol>
    </div>
  )
}
