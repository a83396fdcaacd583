import { z } from 'zod'
import { AUTH_MODES, modesOf } from '../config/auth-mode.ts'
import type { AuthMode } from '../config/auth-mode.ts'
import type { ServerConfig } from '../config/config.ts'
import type { AdminDeps, CallsHere } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'

/** On what word callers are let in, for people who never read the configuration. */
const TRUSTS: Readonly<Record<AuthMode, string>> = {
  EntraJwt: 'Microsoft Entra: access tokens of the Entra tenants that teamspaces connected, issued for this gateway',
  Oidc: 'OpenID providers that teamspaces connected: access tokens that they signed for this server',
  Token: 'Teamspaces themselves: MCP tokens that they handed out and can revoke',
  Kubernetes: 'Clusters that teamspaces connected: tokens of service accounts, which the cluster vouches for',
  Gateway: 'The gateway in front: whoever it lets through is let in; what it says of callers is not verified',
  None: 'Nobody: whoever reaches this address is let in',
}

const mode = z.enum(AUTH_MODES)

const health = z
  .strictObject({
    openCalls: z.int(),
    openStreams: z.int(),
    recentErrors: z.int().describe('Faults, and answers of 500 or more, in the last five minutes'),
    lastAnswer: z.strictObject({ status: z.int(), at: z.number() }).exactOptional(),
    lastFault: z.strictObject({ code: z.string(), at: z.number() }).exactOptional(),
  })
  .describe('As the calls of this process show it')

const serverView = z
  .strictObject({
    name: z.string(),
    path: z.string(),
    upstream: z.string().describe('For the operator only').exactOptional(),
    auth: z.array(mode),
    trusts: z.array(z.strictObject({ mode, says: z.string() })).describe('What each mode trusts'),
    outbound: z.string(),
    health: health.describe('For the operator only').exactOptional(),
  })
  .meta({ id: 'Server' })

const publicAddress = z.string().describe('Where clients find the paths below').exactOptional()

type Deps = Pick<AdminDeps, 'servers' | 'publicUrl' | 'calls' | 'now'>

/** The servers as they are configured, and how they are doing as calls show it: none is asked for that. */
export function serverRoutes({ servers, publicUrl, calls, now }: Deps): readonly ServedRoute[] {
  /** Where servers stand, and how busy they are with all teamspaces together: not for those who only call them. */
  const ownOf = ({ name, upstream }: ServerConfig) => ({
    upstream: upstream.origin, // without the query, where some want their key
    ...(calls && { health: healthOf(calls, name, now()) }),
  })
  return [
    apiRoute(
      {
        method: 'get',
        path: '/servers',
        needs: 'account',
        summary: 'The MCP servers behind the gate, and whom they trust',
        answers: { 200: z.strictObject({ publicUrl: publicAddress, servers: z.array(serverView) }) },
      },
      ({ context, caller }) =>
        context.json({
          ...(publicUrl !== undefined && { publicUrl }),
          servers: servers.map((server) => ({ ...shownOf(server), ...(caller.kind === 'operator' && ownOf(server)) })),
        }),
    ),
  ]
}

function shownOf({ name, path, auth, outbound }: ServerConfig) {
  const modes = modesOf(auth)
  const trusts = modes.map((each) => ({ mode: each, says: TRUSTS[each] }))
  return { name, path, auth: modes, trusts, outbound: outbound.kind }
}

function healthOf(calls: CallsHere, server: string, now: number) {
  const { lastAnswer, lastFault, ...counts } = calls.healthOf(server)
  return {
    ...counts,
    ...(lastAnswer && { lastAnswer: { status: lastAnswer.status, at: now - lastAnswer.agoMs } }),
    ...(lastFault && { lastFault: { code: lastFault.code, at: now - lastFault.agoMs } }),
  }
}
