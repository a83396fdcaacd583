import type { SignIn } from '../sign-in.ts'

/** RFC 6749 §3.3. Entra may part words at any white space: what passed as one word must not become two there. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Words that OpenID Connect and Entra own on every resource. */
const OIDC_SCOPES = new Set(['openid', 'profile', 'email', 'offline_access'])

/**
 * The scope to send to Entra (S2C-24): bare words are qualified, since Entra would look for them at Microsoft Graph, and
 * the API's own scope is added when none is there. Undefined for another resource's scope, `.default` beside others, or
 * what is no scope.
 */
export function qualifyScope(requested: string, signIn: SignIn): string | undefined {
  const qualified = new Set<string>()
  for (const word of requested.split(' ').filter((text) => text !== '')) {
    if (!SCOPE_TOKEN.test(word)) return undefined
    const scope = OIDC_SCOPES.has(word) || isQualified(word) ? word : `${signIn.scopeResource}/${word}`
    if (isQualified(scope) && !belongsTo(scope, signIn)) return undefined
    qualified.add(scope)
  }
  const ofResource = [...qualified].filter(isQualified)
  if (ofResource.length === 0) return [signIn.scope, ...qualified].join(' ')
  if (ofResource.length > 1 && ofResource.some(isDefault)) return undefined
  return [...qualified].join(' ')
}

/**
 * Clients may not learn `offline_access` from the resource's metadata, and some never ask for it; without it people sign
 * in again every hour. `.default` stays as it is.
 */
export const withOfflineAccess = (scope: string): string =>
  scope.split(' ').some((word) => word === 'offline_access' || isDefault(word)) ? scope : `${scope} offline_access`

const isDefault = (scope: string): boolean => scope.endsWith('/.default')

const isQualified = (scope: string): boolean => scope.includes('/')

const belongsTo = (scope: string, { scopeResource, connection }: SignIn): boolean =>
  [scopeResource, connection.audience].some((resource) => scope.slice(0, scope.lastIndexOf('/')) === resource)
