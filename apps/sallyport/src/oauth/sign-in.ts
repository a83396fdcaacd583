import { ofKind } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import { findDefaultTeamspace } from '../teamspaces/default-teamspace.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'

/** A teamspace whose people can sign in, and everything that its facade needs to know of Entra. */
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
  readonly defaultTeamspace: string | undefined
}

/** The sign-in behind an address. Rejects when the database cannot tell. */
export function createSignInLookup({ teamspaces, connections, clouds, defaultTeamspace }: SignInDeps) {
  return async function findSignIn(slug: string | undefined): Promise<SignIn | undefined> {
    const named = slug === undefined ? undefined : await teamspaces.findBySlug(slug)
    const teamspace = slug === undefined ? await findDefaultTeamspace(defaultTeamspace, teamspaces) : named
    const connection = teamspace && ofKind(await connections.listOfTeamspace(teamspace.id), 'entra')
    const authority = connection && clouds[connection.cloud]?.authority
    return authority === undefined ? undefined : toSignIn(named, connection!, authority)
  }
}

export type FindSignIn = ReturnType<typeof createSignInLookup>

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
