import { getRequestListener } from '@hono/node-server'
import type { RequestListener } from 'node:http'
import { createAdminApp } from '../admin/admin-app.ts'
import { modesOf } from '../config/auth-mode.ts'
import { defaultResourceOf } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { createAddressDoor } from '../limits/address-door.ts'
import { createDoorWatch } from '../limits/door-watch.ts'
import { createRefusedAttempts } from '../limits/refused-attempts.ts'
import { createOAuthApp } from '../oauth/oauth-routes.ts'
import { createPlaces } from '../oauth/metadata/places.ts'
import { createSignInLookup } from '../oauth/sign-in.ts'
import { createFederation } from '../provisioning/group-sync/federation.ts'
import { createGroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import type { GroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import { createHeldBodies } from '../provisioning/scim/held-bodies.ts'
import { toTokenLimits } from '../tokens/token-limits.ts'
import { createAdminListener } from './admin-listener.ts'
import { findOrMakeMember } from './admission.ts'
import { composeConsole } from './compose-console.ts'
import { composeDoors } from './compose-doors.ts'
import type { Doors } from './compose-doors.ts'
import { composeGate } from './compose-gate.ts'
import { composeAddressLimits } from './compose-limits.ts'
import { allowedHosts } from './hosts.ts'
import { createPublicListener } from './public-listener.ts'
import type { SharedParts } from './shared-parts.ts'

/** Everything that one configuration makes. A call belongs to the composition that it came in with, to its end. */
export interface Composition {
  readonly publicListener: RequestListener
  readonly adminListener: RequestListener
  /** Stops listening to changes and lets what is under way end. */
  retire(): Promise<void>
  /** Ends what is under way. */
  cut(): Promise<void>
}

export function compose(config: Config, shared: SharedParts): Composition {
  const { signingKeys, metrics, fetch, log } = shared
  const { servers, clusters, defaultTeamspace, facade } = config
  const doors = composeDoors(config, shared)
  const places = createPlaces(config)
  const findSignIns = createSignInLookup({ ...shared, clouds: doors.clouds, clusters, defaultTeamspace })
  const gate = composeGate(config, shared, { doors, places, findSignIns })
  const federation = createFederation({ ...shared, publicUrl: config.publicUrl })
  const groupSync = createGroupSync({ ...shared, clouds: doors.clouds, federation })
  const isAnySigned = servers.some(({ outbound }) => outbound.kind === 'signed-identity')
  const oauth = createOAuthApp({
    places,
    servers,
    findSignIns,
    signingKeys: isAnySigned ? signingKeys : undefined,
    federation,
    facade,
    fetch,
    door: createAddressDoor(
      composeAddressLimits(config, shared), // the gate's own counts
      createDoorWatch({ ...shared, door: 'oauth', refusals: shared.metrics.doors.oauth }),
    ),
    onFault: (fault) => log('The OAuth surface failed', { fault }),
  })
  const pools = [...gate.forward.pools.values()]
  const stopSchedule = groupSync.schedule()
  const stopServing = metrics.serve({
    servers: servers.map(({ name, auth }) => ({ name, modes: modesOf(auth) })),
    pools: gate.forward.pools,
  })
  return {
    publicListener: createPublicListener({ gate, oauth, readiness: shared.readiness }),
    adminListener: composeAdmin(config, shared, { doors, groupSync }),
    async retire() {
      doors.unsubscribe()
      stopSchedule()
      await Promise.all([...pools.map((pool) => pool.drain()), groupSync.idle()])
      stopServing()
    },
    async cut() {
      stopSchedule()
      await Promise.all([...pools.map((pool) => pool.close()), groupSync.close()])
    },
  }
}

interface AdminParts {
  readonly doors: Doors
  readonly groupSync: GroupSync
}

function composeAdmin(config: Config, shared: SharedParts, { doors, groupSync }: AdminParts): RequestListener {
  const { store, operatorToken, audit, readiness, metrics, statistics, fetch, now, log } = shared
  const { servers, publicUrl, listen } = config
  const { clouds, clusterRules, issuerFetch, verifier, admission } = doors
  const signIn = composeConsole(config, shared, clouds)
  const watch = createDoorWatch({ ...shared, door: 'admin', refusals: metrics.doors.admin })
  const admin = createAdminApp({
    console: signIn,
    consoleUrl: signIn?.url,
    store,
    servers,
    clouds,
    kubernetes: clusterRules,
    groupSync,
    operatorToken,
    fetch,
    issuerFetch,
    publicUrl,
    resource: defaultResourceOf(config),
    members: {
      verifier,
      find: (token) => findOrMakeMember(admission, token),
      appRoles: servers.find(({ entraAppRoles }) => entraAppRoles)?.entraAppRoles,
    },
    tokenLimits: toTokenLimits(config),
    refusedAttempts: createRefusedAttempts(composeAddressLimits(config, shared), watch), // the gate's own count of each address
    heldBodies: createHeldBodies(config.limits.heldBytes, (teamspaceId) => watch.busy('limits.heldBytes', teamspaceId)),
    metrics: {
      token: config.metricsToken,
      read: () => metrics.toText({ audit, isReady: () => readiness.isReady() }),
    },
    calls: { statistics, openStreams: metrics.openStreams, healthOf: metrics.healthOf },
    flushAudit: () => audit.flush(),
    now,
    log,
  })
  return createAdminListener(
    getRequestListener(admin.fetch, { overrideGlobalObjects: false }),
    allowedHosts(listen.admin, [...config.allowedHosts, ...(signIn ? [new URL(signIn.url).host] : [])]),
    signIn?.url,
  )
}
