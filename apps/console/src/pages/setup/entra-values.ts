import type { EntraConnection } from '../connections/connection.ts'

/** What stands in the Entra guide; placeholders in capitals where the connection does not say it yet. */
export interface EntraGuideValues {
  readonly apiClientId: string
  readonly gatewayClientId: string
  readonly apiScope: string
  readonly gatewayScope: string
  readonly redirectUris: readonly string[]
}

export const VS_CODE_CLIENT_ID = 'aebc6443-996d-45c2-90f0-388ff96faa56'

const REDIRECT_URIS = ['http://localhost/callback', 'http://localhost/oauth/callback', 'https://vscode.dev/redirect']

export const toGuideValues = (connection: EntraConnection | undefined): EntraGuideValues => ({
  apiClientId: connection?.server?.audience ?? 'API_CLIENT_ID',
  gatewayClientId: connection?.audience ?? 'GATEWAY_CLIENT_ID',
  apiScope: connection?.server?.requiredScope ?? 'mcp.access',
  gatewayScope: connection?.requiredScope ?? 'Mcp.Gateway.Access',
  redirectUris: connection?.facade.redirectUris ?? REDIRECT_URIS,
})
