import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { Credentials } from '../clients/authenticate-client.ts'
import type { Parameters } from '../parameters.ts'
import type { AppRegistration, Platform, Tenant } from '../seed.ts'
import type { ResourceScopes } from '../tokens/scopes.ts'

/** A well-formed request to the token endpoint, before the client proved itself. */
export interface TokenRequest {
  readonly emulation: Emulation
  readonly tenant: Tenant
  readonly client: AppRegistration
  readonly credentials: Credentials
  /** The browser's `Origin`: a cross-origin request of a single-page app. */
  readonly origin: string | undefined
  readonly form: Parameters
}

/** What each platform may and must send when it redeems a code or a refresh token. */
export function checkPlatform({ credentials, origin }: TokenRequest, platform: Platform): void {
  const hasCredential = credentials.secret !== undefined || credentials.assertion !== undefined
  if (platform === 'spa' && origin === undefined) throw new EntraError(9002327)
  if (platform !== 'spa' && origin !== undefined) throw new EntraError(9002326, { detail: `Origin: '${origin}'.` })
  if (platform !== 'web' && hasCredential) throw new EntraError(700025)
  if (platform === 'web' && !hasCredential) throw new EntraError(7000218)
}

/** For the grants without a redirect URI: only a confidential client, never a browser. */
export function checkConfidential({ credentials, origin }: TokenRequest, code: 7000216 | 7000218): void {
  if (origin !== undefined) throw new EntraError(9002326, { detail: `Origin: '${origin}'.` })
  if (credentials.secret === undefined && credentials.assertion === undefined) throw new EntraError(code)
}

/** `resource` belongs to the v1 endpoint. v2 tolerates it only when it names the owner of the scopes. */
export function checkResourceParameter(
  tenant: Tenant,
  resourceName: string | undefined,
  asked: readonly ResourceScopes[],
): void {
  if (resourceName === undefined) return
  if (tenant.resourceParameter === 'refuse') throw new EntraError(901002)
  const names = asked.flatMap(({ resource }) => [resource.appId, ...resource.identifierUris])
  if (!names.includes(resourceName)) throw new EntraError(9010010, { detail: `Asked: '${resourceName}'.` })
}
