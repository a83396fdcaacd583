import { z } from 'zod'
import { AUTH_MODES, modesOf } from '../config/auth-mode.ts'
import type { ServerConfig } from '../config/config.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'

const serverView = z
  .strictObject({
    name: z.string(),
    path: z.string(),
    upstream: z.string().describe('For the operator only').exactOptional(),
    auth: z.array(z.enum(AUTH_MODES)),
    outbound: z.string(),
  })
  .meta({ id: 'Server' })

/** The servers as they are configured, to be read only. Without the query of an upstream, where some want their key. */
export function serverRoutes(servers: readonly ServerConfig[]): readonly ServedRoute[] {
  const views = servers.map(({ name, path, upstream, auth, outbound }) => ({
    own: { upstream: upstream.origin },
    shown: { name, path, auth: modesOf(auth), outbound: outbound.kind },
  }))
  return [
    apiRoute(
      {
        method: 'get',
        path: '/servers',
        needs: 'account',
        summary: 'The MCP servers behind the gate',
        answers: { 200: z.strictObject({ servers: z.array(serverView) }) },
      },
      ({ context, caller }) =>
        // Where servers stand is the operator's network, and not the business of the teamspaces that call them.
        context.json({
          servers: views.map(({ own, shown }) => ({ ...shown, ...(caller.kind === 'operator' && own) })),
        }),
    ),
  ]
}
