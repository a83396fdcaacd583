import { getRequestListener } from '@hono/node-server'
import type { RequestListener } from 'node:http'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import { createAdminApp } from '../admin/admin-app.ts'
import type { AuditQueue } from '../audit/audit-queue.ts'
import { defaultResourceOf } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import { createIssuerFetch } from '../connections/issuer-fetch.ts'
import { kubernetesRules } from '../connections/kubernetes-record.ts'
import { createOnBehalfOf } from '../exchange/entra-obo.ts'
import { createIdentitySigner } from '../exchange/signed-identity.ts'
import type { SigningKeys } from '../exchange/signing-keys.ts'
import type { GateDeps } from '../gate/deps.ts'
import { createGatewayDoor } from '../gate/gateway/gateway-door.ts'
import { sessionBinder } from '../gate/mcp/session.ts'
import { createOutcomes } from '../gate/outcomes.ts'
import { retryWithFreshCredential } from '../gate/retry.ts'
import type { Routes } from '../gate/steps/route.ts'
import { createUpstreamPool } from '../gate/upstream/pool.ts'
import { createJustInTime } from '../members/just-in-time.ts'
import type { MemberLookup } from '../members/member-lookup.ts'
import { createOAuthApp } from '../oauth/oauth-routes.ts'
import { createChallengeContext } from '../oauth/challenge-context.ts'
import { createPlaces } from '../oauth/metadata/places.ts'
import { createSignInLookup } from '../oauth/sign-in.ts'
import type { Store } from '../store/store.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Log } from '../telemetry/log.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'
import { toTokenLimits } from '../tokens/token-limits.ts'
import type { TokenUseQueue } from '../tokens/token-use-queue.ts'
import { createAdminListener } from './admin-listener.ts'
import { createAdmission, findOrMakeMember } from './admission.ts'
import { allowedHosts, originRule } from './hosts.ts'
import { createKubernetesDoor } from './kubernetes-door.ts'
import { createOuterVerifier } from './outer-door.ts'
import { createPublicListener } from './public-listener.ts'
import type { Readiness } from './readiness.ts'

/** What lives as long as the process, whatever configuration is in force. */
export interface SharedParts {
  readonly store: Store
  readonly teamspaces: TeamspaceLookup
  readonly connections: ConnectionLookup
  readonly members: MemberLookup
  readonly mcpTokens: McpTokenLookup
  readonly tokenUses: Pick<TokenUseQueue, 'note'>
  readonly signingKeys: SigningKeys
  readonly audit: AuditQueue
  readonly readiness: Readiness
  readonly operatorToken: string
  /** Bytes of bodies that are arriving. */
  readonly held: { bytes: number }
  readonly log: Log
  readonly fetch: typeof fetch
  readonly now: () => number
}

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
  const { store, teamspaces, connections, members, mcpTokens, signingKeys, audit, operatorToken, log, fetch, now } =
    shared
  const clouds = { ...ENTRA_CLOUDS, ...config.clouds }
  const { clockToleranceSeconds, defaultTeamspace } = config
  const issuerFetch = createIssuerFetch(config)
  const rules = kubernetesRules(config, { fetch, issuerFetch })
  const kubernetes = createKubernetesDoor({
    ...shared,
    clusters: rules,
    defaultTeamspace,
    clockToleranceSeconds,
  })
  const verifier = createOuterVerifier({ ...shared, clouds, kubernetes, issuerFetch, clockToleranceSeconds })
  const onBehalfOf = createOnBehalfOf({ clouds, fetch, now })
  const identities = createIdentitySigner({ keys: signingKeys, issuer: config.publicUrl, now })
  const signs = config.servers.some(({ outbound }) => outbound.kind === 'signed-identity')
  const unsubscribe = store.changes.subscribe((change) => {
    if (change.kind === 'mcp_token') return // remembered by their own look-up alone
    if (change.kind !== 'member') verifier.forget()
    onBehalfOf.forgetTeamspace(change.kind === 'everything' ? undefined : change.teamspaceId)
  })
  const makeMember = createJustInTime({ store, connections, teamspaces, now })
  const admission = createAdmission({ members, mcpTokens, makeMember })
  const places = createPlaces(config)
  const { clusters } = config
  const findSignIns = createSignInLookup({ teamspaces, connections, clouds, clusters, defaultTeamspace })
  const routes: Routes = {
    servers: new Map(config.servers.map((server) => [server.path, server])),
    hosts: allowedHosts(config.listen.public, [new URL(config.publicUrl).host, ...config.allowedHosts]),
    isAllowedOrigin: originRule(config),
  }
  const outcomes = createOutcomes({
    routes,
    audit,
    now,
    challengeContext: createChallengeContext({ places, findSignIns, config }),
    onFault: (fault, record) => log('A call failed', { fault, requestId: record.requestId, server: record.server }),
  })
  const onMalformed = (headers: readonly string[], requestId: string) =>
    log('What a gateway says of a caller cannot be read', { level: 'debug', headers, requestId })
  const sessions = sessionBinder(config.sealingKey)
  const pools = new Map(
    config.servers.map((server) => [
      server.name,
      createUpstreamPool(server.upstream.origin, {
        max: config.limits.upstreamConnections,
        headersTimeoutMs: config.limits.upstreamHeadersSeconds * 1000,
        bodyTimeoutMs: config.limits.upstreamSilenceSeconds * 1000,
      }),
    ]),
  )
  const gate: GateDeps = {
    routes,
    teamspaces,
    door: { verifier, gateway: createGatewayDoor(config.gateway, onMalformed) },
    admission,
    read: {
      messageBytes: config.limits.messageBytes,
      held: shared.held,
      heldBytes: config.limits.heldBytes,
      sessions,
    },
    exchange: { connections, onBehalfOf, identities, teamspaces },
    forward: {
      pools,
      sessions,
      outcomes,
      retry: (call, response) => void retryWithFreshCredential(call, response, gate),
    },
    outcomes,
  }
  const oauth = createOAuthApp({
    places,
    servers: config.servers,
    findSignIns,
    signingKeys: signs ? signingKeys : undefined,
    facade: config.facade,
    fetch,
    onFault: (fault) => log('The OAuth surface failed', { fault }),
  })
  const { servers, publicUrl } = config
  const admin = createAdminApp({
    store,
    servers,
    clouds,
    kubernetes: rules,
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
    now,
    log,
  })
  return {
    publicListener: createPublicListener(gate, oauth, shared.readiness),
    adminListener: createAdminListener(
      getRequestListener(admin.fetch, { overrideGlobalObjects: false }),
      allowedHosts(config.listen.admin, config.allowedHosts),
    ),
    async retire() {
      unsubscribe()
      await Promise.all([...pools.values()].map((pool) => pool.drain()))
    },
    async cut() {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}
