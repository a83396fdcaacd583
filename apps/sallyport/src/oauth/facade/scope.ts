import type { SignIn } from '../sign-in.ts'

/** Words that OpenID Connect and Entra own on every resource. */
const OIDC_SCOPES = new Set(['openid', 'profile', 'email', 'offline_access'])

/**
 * The scope to send to Entra (S2C-24): bare words are qualified, since Entra would look for them at Microsoft Graph;
 * the API's own scope is added when none is there. Undefined for another resource's scope, or `.default` beside others.
 */
export function qualifyScope(
  requested: string | undefined,
  signIn: SignIn,
  fallback: readonly string[],
): string | undefined {
  const words = (requested ?? '').split(' ').filter((word) => word !== '')
  if (words.length === 0) return [signIn.scope, ...fallback].join(' ')
  const qualified: string[] = []
  for (const word of words) {
    const scope = OIDC_SCOPES.has(word) || isQualified(word) ? word : `${signIn.scopeResource}/${word}`
    if (isQualified(scope) && !belongsTo(scope, signIn)) return undefined
    if (!qualified.includes(scope)) qualified.push(scope)
  }
  const ofResource = qualified.filter((scope) => !OIDC_SCOPES.has(scope))
  if (ofResource.length === 0) qualified.unshift(signIn.scope)
  if (ofResource.length > 1 && ofResource.some((scope) => scope.endsWith('/.default'))) return undefined
  return qualified.join(' ')
}

const isQualified = (scope: string): boolean => scope.includes('/')

const belongsTo = (scope: string, { scopeResource, connection }: SignIn): boolean =>
  [scopeResource, connection.audience].some((resource) => scope.slice(0, scope.lastIndexOf('/')) === resource)
