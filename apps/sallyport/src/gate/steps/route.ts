import type { ServerConfig } from '../../config/config.ts'
import type { TeamspaceLookup } from '../../teamspaces/teamspace-lookup.ts'
import { advance } from '../call.ts'
import type { RoutedCall, ThrottledCall } from '../call.ts'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { storeDown } from '../../outcome/fault.ts'

export interface Routes {
  readonly servers: ReadonlyMap<string, ServerConfig>
  readonly hosts: ReadonlySet<string>
  isAllowedOrigin(origin: string): boolean
}

const METHODS = new Set(['POST', 'GET', 'DELETE'])
const TEAMSPACE_PATH = /^\/t\/([a-z0-9-]{1,63})(\/.*)$/

/**
 * Path → server, and teamspace where the path names one. Paths are compared as they came: nothing is decoded or
 * normalised, so no spelling of a path can be served without its checks. The query is never read.
 */
export function route(
  call: ThrottledCall,
  routes: Routes,
  teamspaces: TeamspaceLookup,
): Promise<RoutedCall | Denial> | RoutedCall | Denial {
  const { request } = call
  const host = request.headers.host ?? ''
  if (!routes.hosts.has(host.toLowerCase())) return deny({ code: 'host_not_allowed', presented: host.slice(0, 255) })
  const origin = request.headers.origin
  if (origin !== undefined && !routes.isAllowedOrigin(origin)) {
    return deny({ code: 'origin_not_allowed', presented: origin.slice(0, 255) })
  }
  const path = pathOf(request.url!)
  const server = routes.servers.get(path)
  if (server !== undefined) return routed(call, server, undefined)
  const inTeamspace = TEAMSPACE_PATH.exec(path)
  const namedServer = inTeamspace && routes.servers.get(inTeamspace[2]!)
  if (!namedServer) return deny({ code: 'path_unknown', presented: presentablePath(path) })
  const slug = inTeamspace[1]!
  const unknown = () => deny({ code: 'teamspace_unknown', presented: slug } as const)
  const found = teamspaces.findBySlug(slug)
  if (!(found instanceof Promise)) return found ? routed(call, namedServer, found) : unknown()
  return found.then(
    (teamspace) => (teamspace ? routed(call, namedServer, teamspace) : unknown()),
    storeDown('the teamspace could not be looked up'),
  )
}

/** Some clients have a key in the path: segments that are long enough to be one are cut. */
const presentablePath = (path: string): string =>
  path.slice(0, 255).replace(/[^/]{24,}/g, (part) => `${part.slice(0, 4)}…`)

function routed(call: ThrottledCall, server: ServerConfig, teamspace: RoutedCall['teamspace']): RoutedCall | Denial {
  call.record.server = server.name
  if (teamspace) call.record.teamspaceId = teamspace.id
  const method = call.request.method!
  if (!METHODS.has(method)) return deny({ code: 'method_not_allowed', presented: method.slice(0, 20) })
  return advance(call, 'route', { server, teamspace })
}

export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
