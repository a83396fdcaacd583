import type { ServerConfig } from '../config/config.ts'
import type { Places } from './metadata/places.ts'
import type { SignIns } from './sign-in.ts'

/** Where clients of one server send its people, and for what they ask there. */
export interface ServerSignIn {
  /** Issuers, the preferred one first. */
  readonly authorizationServers: readonly string[]
  /** Scopes to ask the preferred one for: the words of one issuer mean nothing to another. */
  readonly scopes: readonly string[]
  /** The least of them, for a challenge; undefined where any token of the audience will do. */
  readonly scope: string | undefined
  /** A scope as the preferred issuer knows it. */
  readonly qualify: (scope: string) => string
}

/**
 * The sign-ins of a teamspace that a server takes: the facade's, then the issuer's own. Undefined when there is none, as
 * for a server whose callers bring tokens that nobody signs in for (S4-27), or bring nothing at all.
 */
export function signInTo(server: ServerConfig, signIns: SignIns, places: Places): ServerSignIn | undefined {
  const entra = takes(server, 'entra') ? signIns.entra : undefined
  const oidc = takes(server, 'oidc') ? signIns.oidc : undefined
  const issuers = [...(entra ? [places.issuer(signIns.named)] : []), ...(oidc ? [oidc.issuer] : [])]
  if (entra) {
    const qualify = (scope: string) => (scope.includes('/') ? scope : `${entra.scopeResource}/${scope}`)
    return {
      authorizationServers: issuers,
      qualify,
      ...asked([entra.scope], signIns.moreScopes.map(qualify), server.scopes.map(qualify)),
    }
  }
  // Workloads have their tokens already: a cluster is named where people have nowhere else to go.
  const own = oidc ?? (takes(server, 'kubernetes') ? signIns.kubernetes : undefined)
  if (!own) return undefined
  const least = own.requiredScope === null ? [] : [own.requiredScope]
  const qualify = (scope: string) => scope
  return { authorizationServers: [own.issuer], qualify, ...asked(least, signIns.moreScopes, server.scopes) }
}

/** A teamspace that wants everything at sign-in has a challenge that asks for everything. */
function asked(least: readonly string[], more: readonly string[], ofServer: readonly string[]) {
  const scopes = [...new Set([...least, ...ofServer, ...more])]
  const inChallenge = more.length > 0 ? scopes : least
  return { scopes, scope: inChallenge.length > 0 ? inChallenge.join(' ') : undefined }
}

export const takes = ({ auth }: ServerConfig, kind: 'entra' | 'oidc' | 'kubernetes'): boolean =>
  auth.mode === 'credential' && auth.accept.has(kind)
