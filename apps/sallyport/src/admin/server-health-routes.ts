import { z } from 'zod'
import { AUTH_MODES, modesOf } from '../config/auth-mode.ts'
import type { AuthMode } from '../config/auth-mode.ts'
import type { ServerConfig } from '../config/config.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import type { AdminDeps } from './admin-deps.ts'

/** On what word callers are let in, for people who never read the configuration. */
const TRUSTS: Readonly<Record<AuthMode, string>> = {
  EntraJwt: 'Microsoft Entra: access tokens of the Entra tenants that teamspaces connected, issued for this gateway',
  Oidc: 'OpenID providers that teamspaces connected: access tokens that they signed for this server',
  Token: 'Teamspaces themselves: MCP tokens that they handed out and can revoke',
  Kubernetes: 'Clusters that teamspaces connected: tokens of service accounts, which the cluster vouches for',
  Gateway: 'The gateway in front: whoever it lets through is let in; what it says of callers is not verified',
  None: 'Nobody: whoever reaches this address is let in',
}

const ago = (member: Record<string, z.ZodType>) => z.object({ ...member, at: z.number() }).optional()

const serverView = z.object({
  name: z.string(),
  path: z.string(),
  auth: z.array(z.enum(AUTH_MODES)),
  trusts: z.array(z.object({ mode: z.enum(AUTH_MODES), says: z.string() })),
  outbound: z.string(),
  upstream: z.string().optional(),
  health: z
    .object({
      openCalls: z.number(),
      openStreams: z.number(),
      recentErrors: z.number(),
      lastAnswer: ago({ status: z.number() }),
      lastFault: ago({ code: z.string() }),
    })
    .optional(),
})

type Deps = Pick<AdminDeps, 'servers' | 'calls' | 'now'>

/** The servers as they are configured, and how they are doing as calls show it: none is asked for that. */
export function serverHealthRoutes({ servers, calls, now }: Deps): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/servers',
        needs: 'account',
        summary: 'The servers, whom they trust, and for the operator where they are and how they are doing',
        answers: { 200: z.object({ servers: z.array(serverView) }) },
      },
      ({ context, caller }) => {
        // Where servers are and how busy they are is of all teamspaces together.
        const isOperator = caller.kind === 'operator'
        return context.json({
          servers: servers.map((server) => ({
            ...viewOf(server),
            ...(isOperator && { upstream: server.upstream.origin }), // some want their key in the query
            ...(isOperator && calls && { health: healthOf(calls, server.name, now()) }),
          })),
        })
      },
    ),
  ]
}

function viewOf({ name, path, auth, outbound }: ServerConfig) {
  const modes = modesOf(auth)
  const trusts = modes.map((mode) => ({ mode, says: TRUSTS[mode] }))
  return { name, path, auth: modes, trusts, outbound: outbound.kind }
}

function healthOf(calls: NonNullable<AdminDeps['calls']>, server: string, now: number) {
  const { lastAnswer, lastFault, ...counts } = calls.healthOf(server)
  return {
    ...counts,
    ...(lastAnswer && { lastAnswer: { status: lastAnswer.status, at: now - lastAnswer.agoMs } }),
    ...(lastFault && { lastFault: { code: lastFault.code, at: now - lastFault.agoMs } }),
  }
}
