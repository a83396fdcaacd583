import { ofKind } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type {
  EntraConnectionRecord,
  KubernetesConnectionRecord,
  OidcConnectionRecord,
} from '../connections/connection.ts'
import { findCluster } from '../kubernetes/find-cluster.ts'
import type { Clusters } from '../kubernetes/find-cluster.ts'
import type { PolicySource } from '../policies/compile.ts'
import { findDefaultTeamspace } from '../teamspaces/default-teamspace.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'

/** Where a teamspace's people can sign in. */
export interface SignIns {
  /** The teamspace that the address names; undefined on the root addresses, which the default teamspace owns. */
  readonly named: Teamspace | undefined
  /** With Entra, through the facade. */
  readonly entra: SignIn | undefined
  /** At an issuer of their own, directly: everything about it is the issuer's, its metadata included. */
  readonly oidc: OidcConnectionRecord | undefined
  /** With tokens of a cluster. */
  readonly kubernetes: ClusterSignIn | undefined
  /** Scopes of the teamspace's policy that are asked for at once, for clients that do not come back for more. */
  readonly moreScopes: readonly string[]
}

/** Who issues the tokens of a cluster: the issuer of the connection, or the API server itself (S5-09). */
export interface ClusterSignIn {
  readonly issuer: string
  readonly requiredScope: string | null
}

/** A teamspace whose people sign in with Entra, and everything that its facade needs to know. */
export interface SignIn {
  /** The teamspace that the address names; undefined on the root addresses, which the default teamspace owns. */
  readonly named: Teamspace | undefined
  readonly connection: EntraConnectionRecord
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly keysUri: string
  /** App ID URI that owns the scopes, such as `api://{client id}`. */
  readonly scopeResource: string
  /** The scope to ask for, qualified: Entra resolves a bare word against Microsoft Graph. */
  readonly scope: string
  /** Clients that may use the facade. */
  readonly clientIds: readonly string[]
}

export interface SignInDeps {
  readonly teamspaces: TeamspaceLookup
  readonly connections: ConnectionLookup
  readonly clouds: Readonly<Record<string, { readonly authority: string }>>
  readonly clusters: Clusters
  readonly defaultTeamspace: string | undefined
  readonly policies: PolicySource
}

/** The sign-ins behind an address. Rejects when the database cannot tell. */
export function createSignInLookup({
  teamspaces,
  connections,
  clouds,
  clusters,
  defaultTeamspace,
  policies,
}: SignInDeps) {
  return async function findSignIns(slug: string | undefined): Promise<SignIns | undefined> {
    const named = slug === undefined ? undefined : await teamspaces.findBySlug(slug)
    const teamspace = slug === undefined ? await findDefaultTeamspace(defaultTeamspace, teamspaces) : named
    if (!teamspace) return undefined
    const all = await connections.listOfTeamspace(teamspace.id)
    const policy = await policies.find(teamspace.id)
    const entra = ofKind(all, 'entra')
    const authority = entra && clouds[entra.cloud]?.authority
    return {
      named,
      entra: authority === undefined ? undefined : toSignIn(named, entra!, authority),
      oidc: ofKind(all, 'oidc'),
      kubernetes: toClusterSignIn(ofKind(all, 'kubernetes'), teamspace, clusters),
      moreScopes: policy?.askForAllScopes ? policy.scopes : [],
    }
  }
}

export type FindSignIns = ReturnType<typeof createSignInLookup>

function toClusterSignIn(
  connection: KubernetesConnectionRecord | undefined,
  { slug }: Teamspace,
  clusters: Clusters,
): ClusterSignIn | undefined {
  const cluster = connection && findCluster(clusters, connection.cluster, slug)
  if (!cluster) return undefined
  const { issuer = cluster.server, requiredScope } = connection
  return { issuer, requiredScope }
}

function toSignIn(named: Teamspace | undefined, connection: EntraConnectionRecord, authority: string): SignIn {
  const { tenantId, audience, requiredScope, allowedClients } = connection
  const endpoints = `${authority}/${tenantId}/oauth2/v2.0`
  const scopeResource = audience.includes(':') ? audience : `api://${audience}`
  return {
    named,
    connection,
    authorizationEndpoint: `${endpoints}/authorize`,
    tokenEndpoint: `${endpoints}/token`,
    keysUri: `${authority}/${tenantId}/discovery/v2.0/keys`,
    scopeResource,
    scope: `${scopeResource}/${requiredScope ?? '.default'}`,
    clientIds: [...new Set([audience, ...allowedClients])],
  }
}
