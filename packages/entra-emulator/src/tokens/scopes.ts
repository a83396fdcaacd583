import { EntraError } from '../entra-error.ts'
import { findApp } from '../directory/tenants.ts'
import { GRAPH_APP_ID, graphRegistration } from '../directory/graph-registration.ts'
import type { AppRegistration, Tenant } from '../seed.ts'

const OIDC_SCOPES: readonly string[] = ['openid', 'profile', 'email', 'offline_access']
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** RFC 6749 §3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** The scopes that were asked of one resource. */
export interface ResourceScopes {
  readonly resource: AppRegistration
  /** How the client named the resource, such as `api://<guid>`; a v1 token carries it as `aud`. */
  readonly identifier: string
  readonly isDefault: boolean
  readonly values: readonly string[]
}

export interface RequestedScopes {
  readonly oidc: readonly string[]
  readonly resources: readonly ResourceScopes[]
}

/** Splits one scope into resource name and value; a bare word belongs to Microsoft Graph. */
function split(scope: string, tenant: Tenant): { identifier: string; value: string } {
  const owner = [...tenant.apps, graphRegistration(tenant)]
    .flatMap((app) => app.identifierUris)
    .filter((uri) => scope.startsWith(`${uri}/`))
    .sort((a, b) => b.length - a.length)[0]
  if (owner !== undefined) return { identifier: owner, value: scope.slice(owner.length + 1) }
  const slash = scope.lastIndexOf('/')
  if (slash < 0) return { identifier: GRAPH_APP_ID, value: scope }
  return { identifier: scope.slice(0, slash), value: scope.slice(slash + 1) }
}

function findResource(tenant: Tenant, identifier: string): AppRegistration {
  const named = [...tenant.apps, graphRegistration(tenant)].find((app) => app.identifierUris.includes(identifier))
  const resource = named ?? (GUID.test(identifier) ? findApp(tenant, identifier) : undefined)
  if (resource === undefined)
    throw new EntraError(500011, { detail: `'${identifier}' is unknown in '${tenant.displayName}'.` })
  return resource
}

function canonicalValue(resource: AppRegistration, value: string, client: AppRegistration): string {
  const scope = resource.scopes.find((known) => known.isEnabled && known.value.toLowerCase() === value.toLowerCase())
  if (scope !== undefined) return scope.value
  throw new EntraError(650053, {
    detail: `'${client.displayName}' asked for '${value}' of '${resource.displayName}' (${resource.appId}).`,
  })
}

const invalidScope = (scope: string): EntraError => new EntraError(70011, { detail: `Scope: '${scope}'.` })

/** `client` is who asks; it matters for the words of the refusals only. */
export function parseScopes(tenant: Tenant, client: AppRegistration, scope: string): RequestedScopes {
  const words = [...new Set(scope.split(' ').filter((word) => word !== ''))]
  if (words.length === 0 || !words.every((word) => SCOPE_TOKEN.test(word))) throw invalidScope(scope)
  const oidc = words.filter((word) => OIDC_SCOPES.includes(word))
  const parts = words.filter((word) => !OIDC_SCOPES.includes(word)).map((word) => split(word, tenant))

  if (parts.some(({ value }) => value === '')) throw invalidScope(scope)
  if (parts.length > 1 && parts.some(({ value }) => value === '.default')) throw invalidScope(scope)

  const resources = new Map<string, ResourceScopes>()
  for (const { identifier, value } of parts) {
    const resource = findResource(tenant, identifier)
    const isDefault = value === '.default'
    const values = isDefault ? [] : [canonicalValue(resource, value, client)]
    const before = resources.get(resource.appId)
    resources.set(resource.appId, {
      resource,
      identifier: before?.identifier ?? identifier,
      isDefault,
      values: [...(before?.values ?? []), ...values],
    })
  }
  return { oidc, resources: [...resources.values()] }
}

/** A token is for one resource. Without a resource scope it is for Microsoft Graph's user-info. */
export function singleResource(tenant: Tenant, requested: RequestedScopes): ResourceScopes {
  const [first, second] = requested.resources
  if (second !== undefined) throw new EntraError(28000)
  return first ?? { resource: graphRegistration(tenant), identifier: GRAPH_APP_ID, isDefault: false, values: [] }
}
