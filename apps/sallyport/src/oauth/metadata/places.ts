import type { ServerConfig } from '../../config/config.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'

const WELL_KNOWN_RESOURCE = '/.well-known/oauth-protected-resource'

export interface PlacesOptions {
  readonly publicUrl: string
  readonly servers: readonly ServerConfig[]
  readonly defaultServer: string
}

type InTeamspace = Pick<Teamspace, 'slug'> | undefined

/** Every address that the OAuth surface publishes, built from the configured public URL and never from `Host`. */
export function createPlaces({ publicUrl, servers, defaultServer }: PlacesOptions) {
  const prefix = (teamspace: InTeamspace) => (teamspace ? `/t/${teamspace.slug}` : '')
  const root = servers.find((server) => server.name === defaultServer)!

  return {
    publicUrl,
    /** The server that the root document describes. */
    root,

    resource: (server: ServerConfig, teamspace: InTeamspace) => `${publicUrl}${prefix(teamspace)}${server.path}`,

    /** What the root document calls its resource: the endpoint, or a leading part of its path (S2C-02). */
    rootResource: () => `${publicUrl}${root.resourcePath}`,

    /** RFC 9728 §3.1: the well-known segment stands between host and path. The default server has the root. */
    metadataUrl: (server: ServerConfig, teamspace: InTeamspace) =>
      server === root && !teamspace
        ? `${publicUrl}${WELL_KNOWN_RESOURCE}`
        : `${publicUrl}${WELL_KNOWN_RESOURCE}${prefix(teamspace)}${server.path}`,

    issuer: (teamspace: InTeamspace) => `${publicUrl}${prefix(teamspace)}`,

    /** Whether a `resource` parameter (RFC 8707) is one of ours: exact, or a leading path; a final slash is tolerated. */
    isOurResource(resource: string, teamspace: InTeamspace): boolean {
      if (!URL.canParse(resource)) return false
      const { origin, pathname, search, hash, username, password } = new URL(resource)
      if (origin !== publicUrl || search || hash || username || password) return false
      const asked = pathname.replace(/\/$/, '')
      const ours = servers.flatMap((server) => [
        server.path,
        ...(teamspace ? [`${prefix(teamspace)}${server.path}`] : []),
      ])
      return ours.some((path) => `${path}/`.startsWith(`${asked}/`))
    },
  }
}

export type Places = ReturnType<typeof createPlaces>
