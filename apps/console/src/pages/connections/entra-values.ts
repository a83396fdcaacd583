import { fromLines, toLines } from '../../ui/lines-input.tsx'
import type { CredentialKind, EntraConnection, GroupSource } from './connection.ts'
import { isFilled, orNull } from './form-shape.ts'
import type { FormShape } from './form-shape.ts'
import { JIT_FIELDS, toJit, toJitValues, validateJit } from './jit-values.ts'
import type { JitValues } from './jit-values.ts'

export interface EntraValues extends JitValues {
  cloud: string
  tenantId: string
  audience: string
  requiredScope: string
  onBehalfOf: boolean
  gatewayClientId: string
  /** `kept`: the one that was saved before. */
  credential: 'kept' | CredentialKind
  secret: string
  privateKeyPem: string
  certificatePem: string
  tokenFile: string
  scope: string
  serverAudience: string
  serverScope: string
  acceptedRoles: string
  allowedClients: string
  groups: GroupSource
  redirectUris: string
  clientAuth: 'none' | 'inject'
}

/** What MCP clients on laptops, and VS Code for the web, come back to. */
const USUAL_REDIRECT_URIS = [
  'http://localhost/callback',
  'http://localhost/oauth/callback',
  'http://127.0.0.1/',
  'http://127.0.0.1/callback',
  'http://127.0.0.1/oauth/callback',
  'https://vscode.dev/redirect',
]

export const GATEWAY_SCOPE = 'Mcp.Gateway.Access'

function toValues(connection: EntraConnection | undefined): EntraValues {
  const { onBehalfOf, server, facade } = connection ?? {}
  return {
    cloud: connection?.cloud ?? 'global',
    tenantId: connection?.tenantId ?? '',
    audience: connection?.audience ?? '',
    requiredScope: connection ? (connection.requiredScope ?? '') : 'mcp.access',
    onBehalfOf: onBehalfOf !== undefined,
    gatewayClientId: onBehalfOf?.clientId ?? '',
    credential: onBehalfOf ? 'kept' : 'secret',
    secret: '',
    privateKeyPem: '',
    certificatePem: '',
    tokenFile: onBehalfOf?.credential.tokenFile ?? '',
    scope: onBehalfOf?.scope ?? '',
    serverAudience: server?.audience ?? '',
    serverScope: server?.requiredScope ?? '',
    acceptedRoles: toLines(connection?.acceptedRoles),
    allowedClients: toLines(connection?.allowedClients),
    groups: connection?.groups ?? 'token-then-graph',
    redirectUris: toLines(facade?.redirectUris ?? USUAL_REDIRECT_URIS),
    clientAuth: facade?.clientAuth ?? 'none',
    ...toJitValues(connection?.jit),
  }
}

function toCredential(values: EntraValues): object {
  switch (values.credential) {
    case 'kept':
      return {}
    case 'secret':
      return { credential: { kind: 'secret', secret: values.secret } }
    case 'certificate':
      return {
        credential: {
          kind: 'certificate',
          privateKeyPem: values.privateKeyPem,
          certificatePem: values.certificatePem,
        },
      }
    case 'federated':
      return { credential: { kind: 'federated', tokenFile: values.tokenFile.trim() } }
  }
}

/** What Sallyport finds out from the scope by itself is left out. */
function toServer({ serverAudience, serverScope }: EntraValues): object {
  const audience = orNull(serverAudience)
  return audience === null ? {} : { server: { audience, requiredScope: orNull(serverScope) } }
}

const toSettings = (values: EntraValues): object => ({
  kind: 'entra',
  cloud: values.cloud.trim(),
  tenantId: values.tenantId.trim(),
  audience: values.audience.trim(),
  requiredScope: orNull(values.requiredScope),
  acceptedRoles: fromLines(values.acceptedRoles),
  allowedClients: fromLines(values.allowedClients),
  ...(values.groups !== 'token-then-graph' && { groups: values.groups }),
  ...(values.onBehalfOf && {
    onBehalfOf: { clientId: values.gatewayClientId.trim(), scope: values.scope.trim(), ...toCredential(values) },
    ...toServer(values),
  }),
  facade: { redirectUris: fromLines(values.redirectUris), clientAuth: values.clientAuth },
  ...toJit(values),
})

const whenOn =
  (says: string) =>
  (text: string, { onBehalfOf }: EntraValues): string | null =>
    onBehalfOf ? isFilled(says)(text) : null

const whenTyped =
  (kind: CredentialKind, says: string) =>
  (text: string, { onBehalfOf, credential }: EntraValues): string | null =>
    onBehalfOf && credential === kind ? isFilled(says)(text) : null

export const entraShape: FormShape<EntraValues, EntraConnection> = {
  toValues,
  toSettings,
  toTarget: ({ cloud, tenantId }) => ({ cloud: cloud.trim(), tenantId: tenantId.trim() }),
  validate: {
    tenantId: isFilled('The directory (tenant) ID is needed'),
    audience: isFilled('The client ID of the app that tokens are for is needed'),
    gatewayClientId: whenOn('The client ID of the gateway app is needed'),
    scope: whenOn('It names the API behind the gateway'),
    secret: whenTyped('secret', 'The value of the secret is needed (not its ID)'),
    privateKeyPem: whenTyped('certificate', 'The private key is needed'),
    certificatePem: whenTyped('certificate', 'The certificate is needed'),
    tokenFile: whenTyped('federated', 'The path of the file is needed'),
    ...validateJit,
  },
  fieldOf: {
    cloud: 'cloud',
    tenantId: 'tenantId',
    audience: 'audience',
    requiredScope: 'requiredScope',
    'onBehalfOf.clientId': 'gatewayClientId',
    'onBehalfOf.scope': 'scope',
    'onBehalfOf.credential': 'credential',
    'onBehalfOf.credential.secret': 'secret',
    'onBehalfOf.credential.privateKeyPem': 'privateKeyPem',
    'onBehalfOf.credential.certificatePem': 'certificatePem',
    'onBehalfOf.credential.tokenFile': 'tokenFile',
    server: 'serverAudience',
    'server.requiredScope': 'serverScope',
    acceptedRoles: 'acceptedRoles',
    allowedClients: 'allowedClients',
    groups: 'groups',
    'facade.redirectUris': 'redirectUris',
    'facade.clientAuth': 'clientAuth',
    ...JIT_FIELDS,
  },
  identifies: ['tenantId'],
}
