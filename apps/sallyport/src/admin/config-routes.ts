import { Hono } from 'hono'
import { toAudience } from '../connections/audience.ts'
import { createConnectionLookup } from '../connections/connection-lookup.ts'
import type { OwnedAudience } from '../connections/connection-repository.ts'
import { toGuid } from '../connections/guid.ts'
import type { AdminDeps } from './admin-deps.ts'
import { problem } from './problem.ts'

/**
 * What servers with an embedded verifier ask: whose audience is this, and what must its tokens carry (S1-08 … S1-11).
 * Open to all: it holds no secret, and whoever has a token for the audience can read as much from it.
 * 404 is the only authoritative no; askers must not remember any other failure.
 */
export function configRoutes({ store, now, log }: Pick<AdminDeps, 'store' | 'now' | 'log'>): Hono {
  const connections = createConnectionLookup(store, now)
  const missing = 'An audience is needed: a GUID, or an App ID URI that begins with api://'
  const absent = 'This audience is not configured'
  const routes = new Hono({ strict: false })
  // Whatever failed, a database that is down included: this is all that askers know (S1-08).
  routes.onError((error, context) => {
    log('A configuration could not be looked up', { error })
    return problem(context, 500, 'Something went wrong; the log says what')
  })
  return routes
    .get('/', (context) => problem(context, 400, missing))
    .get('/:audience', async (context) => {
      const audience = toAudience(context.req.param('audience'))
      if (audience === undefined) return problem(context, 404, absent) // nothing else can be configured
      const asked = context.req.query('tid')
      const tenantId = asked === undefined ? undefined : toGuid(asked)
      if (asked !== undefined && tenantId === undefined) return problem(context, 400, 'tid must be a GUID')

      const owned = await connections.findByAudience(audience)
      if (!owned || (tenantId !== undefined && owned.record.tenantId !== tenantId)) {
        return problem(context, 404, absent)
      }
      return context.json({
        teamspaceId: owned.record.teamspaceId,
        tenantId: owned.record.tenantId,
        cloud: owned.record.cloud,
        use: owned.use,
        ...requirements(owned),
      })
    })
}

/** A server takes only tokens that the gateway's client obtained: one fetched around the gate skips its checks. */
function requirements({ use, record }: OwnedAudience<'entra'>) {
  const { requiredScope, acceptedRoles, allowedClients, server, onBehalfOf } = record
  if (use === 'gate') return { requiredScope, acceptedRoles, allowedClients }
  const gateway = onBehalfOf ? [onBehalfOf.clientId] : []
  return { requiredScope: server?.requiredScope ?? null, acceptedRoles: [], allowedClients: gateway }
}
