import type { Config } from '../config/config.ts'
import { createIdentitySigner } from '../exchange/signed-identity.ts'
import type { GateDeps } from '../gate/deps.ts'
import { createGatewayDoor } from '../gate/gateway/gateway-door.ts'
import type { GatewayDoor } from '../gate/gateway/gateway-door.ts'
import { sessionBinder } from '../gate/mcp/session.ts'
import { createOutcomes } from '../gate/outcomes.ts'
import { retryWithFreshCredential } from '../gate/retry.ts'
import type { Routes } from '../gate/steps/route.ts'
import { countRefusal } from '../gate/steps/throttle.ts'
import { createStreamJudge } from '../gate/streams/stream-judge.ts'
import { createUpstreamPool } from '../gate/upstream/pool.ts'
import type { UpstreamPool } from '../gate/upstream/pool.ts'
import { createChallengeContext } from '../oauth/challenge-context.ts'
import type { Places } from '../oauth/metadata/places.ts'
import type { FindSignIns } from '../oauth/sign-in.ts'
import { createScopeHierarchy } from '../policies/scope-hierarchy.ts'
import { createCallLog } from '../telemetry/call-log.ts'
import { createCallTelemetry } from '../telemetry/call-telemetry.ts'
import type { Log } from '../telemetry/log.ts'
import type { Doors } from './compose-doors.ts'
import { composeAddressLimits, composeCallLimits } from './compose-limits.ts'
import { allowedHosts, originRule } from './hosts.ts'
import type { SharedParts } from './shared-parts.ts'

interface GateParts {
  readonly doors: Doors
  readonly places: Places
  readonly findSignIns: FindSignIns
}

/** The data plane: each step's own part of what it needs. */
export function composeGate(config: Config, shared: SharedParts, { doors, places, findSignIns }: GateParts): GateDeps {
  const { teamspaces, connections, policies, signingKeys, tools, audit, held, streams, metrics, statistics } = shared
  const { tracer, log, now } = shared
  const { verifier, admission, groups, onBehalfOf } = doors
  const { messageBytes, heldBytes, listBytes } = config.limits
  const routes = routesOf(config)
  const throttle = composeAddressLimits(config, shared)
  const outcomes = createOutcomes({
    routes,
    audit,
    telemetry: createCallTelemetry({
      metrics,
      statistics,
      logCall: createCallLog(log, config.telemetry.logCalls),
      tracer,
      logsSteps: config.logLevel === 'debug',
    }),
    isAuditRequired: config.audit.mode === 'required',
    now,
    onRefusal: (call, denial) => countRefusal(call, denial, throttle),
    challengeContext: createChallengeContext({ places, findSignIns, config }),
    onFault: (fault, record) => log('A call failed', { fault, requestId: record.requestId, server: record.server }),
  })
  const sessions = sessionBinder(config.sealingKey)
  const identities = createIdentitySigner({
    keys: signingKeys,
    issuer: config.publicUrl,
    now,
    uses: metrics.caches.signed_identities,
  })
  const lose: GateDeps['lose'] = (error, response) => {
    log('A call was lost', { error })
    response.destroy()
  }
  const gate: GateDeps = {
    routes,
    teamspaces,
    throttle,
    door: { verifier, gateway: gatewayDoorOf(config, log) },
    admission,
    read: { messageBytes, held, heldBytes, sessions },
    rules: {
      policies,
      groups,
      tools,
      expandScopes: createScopeHierarchy(config.scopeHierarchy),
    },
    limits: composeCallLimits(config, shared),
    exchange: { connections, onBehalfOf, identities, teamspaces, metrics },
    forward: {
      pools: poolsOf(config),
      sessions,
      metrics,
      forwardBaggage: config.telemetry.forwardBaggage,
      outcomes,
      hearing: tools,
      streams,
      listLimits: { listBytes, held, heldBytes },
      onCut: (fault, record) =>
        log('An answer was cut off', { fault, requestId: record.requestId, server: record.server }),
      retry: (call, response) =>
        void retryWithFreshCredential(call, response, gate).catch((error: unknown) => lose(error, response)),
      lose,
    },
    outcomes,
    lose,
  }
  streams.judgeBy(createStreamJudge({ gate, clockToleranceSeconds: config.clockToleranceSeconds, now }))
  return gate
}

const routesOf = (config: Config): Routes => ({
  servers: new Map(config.servers.map((server) => [server.path, server])),
  hosts: allowedHosts(config.listen.public, [new URL(config.publicUrl).host, ...config.allowedHosts]),
  isAllowedOrigin: originRule(config),
})

const gatewayDoorOf = ({ gateway }: Config, log: Log): GatewayDoor =>
  createGatewayDoor(gateway, (headers, requestId) =>
    log('What a gateway says of a caller cannot be read', { level: 'debug', headers, requestId }),
  )

function poolsOf({ servers, limits }: Config): ReadonlyMap<string, UpstreamPool> {
  const options = {
    max: limits.upstreamConnections,
    headersTimeoutMs: limits.upstreamHeadersSeconds * 1000,
    bodyTimeoutMs: limits.upstreamSilenceSeconds * 1000,
  }
  return new Map(servers.map(({ name, upstream }) => [name, createUpstreamPool(upstream.origin, options)]))
}
