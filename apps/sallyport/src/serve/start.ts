import { getRequestListener } from '@hono/node-server'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { EntraClouds } from '@sallyport/verifier'
import { createAdminApp } from '../admin/admin-app.ts'
import { createAuditQueue } from '../audit/audit-queue.ts'
import type { Config, ListenAddress } from '../config/config.ts'
import { createConnectionLookup } from '../connections/connection-lookup.ts'
import { createOnBehalfOf } from '../exchange/entra-obo.ts'
import type { GateDeps } from '../gate/deps.ts'
import { createGatewayDoor } from '../gate/gateway/gateway-door.ts'
import { sessionBinder } from '../gate/mcp/session.ts'
import { createOutcomes } from '../gate/outcomes.ts'
import { retryWithFreshCredential } from '../gate/retry.ts'
import type { Routes } from '../gate/steps/route.ts'
import { createUpstreamPool } from '../gate/upstream/pool.ts'
import { createJustInTime } from '../members/just-in-time.ts'
import { createMemberLookup } from '../members/member-lookup.ts'
import { createOAuthApp } from '../oauth/oauth-routes.ts'
import { createChallengeContext } from '../oauth/challenge-context.ts'
import { createPlaces } from '../oauth/metadata/places.ts'
import { createSignInLookup } from '../oauth/sign-in.ts'
import { removeInstanceFile, writeInstanceFile } from '../store/instance-file.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { createTeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Log } from '../telemetry/log.ts'
import { createAdminListener } from './admin-listener.ts'
import { allowedHosts, originRule } from './hosts.ts'
import { createAdmission } from './admission.ts'
import { createOuterVerifier } from './outer-door.ts'
import { createPublicListener } from './public-listener.ts'

/** Entra tokens with 200 groups alone are about 10 KiB; Node answers 431 beyond. */
const MAX_HEADER_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MS = 60_000
const CLOSE_GRACE_MS = 1_000

export interface StartOptions {
  readonly log: Log
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface Sallyport {
  readonly adminUrl: string
  readonly operatorToken: string
  readonly store: Store
  /** Resolves when every call that has ended is in the audit trail. */
  flushAudit(): Promise<void>
  close(): Promise<void>
}

/** Opens the database and both listeners. Rejects, with everything closed again, when any of them cannot be had. */
export async function startSallyport(config: Config, options: StartOptions): Promise<Sallyport> {
  const { log, fetch: fetcher = fetch, now = Date.now } = options
  const store = await openStore({ url: config.database, sealingKey: config.sealingKey, log })
  const clouds = { ...ENTRA_CLOUDS, ...config.clouds }
  const operatorToken = config.operatorToken ?? randomBytes(32).toString('base64url')
  const audit = createAuditQueue({ store, log })
  const { gate, oauth, pools } = compose({ config, store, clouds, audit, log, fetch: fetcher, now })
  const admin = createAdminApp({ store, clouds, operatorToken, fetch: fetcher, now, log })
  const adminUrl = `http://${hostOf(config.listen.admin)}:${config.listen.admin.port}`
  const opened: Server[] = []

  const close = async () => {
    await Promise.all(opened.map(closeServer))
    await Promise.all(pools.map((pool) => pool.close()))
    await audit.close()
    if (store.engine === 'sqlite') await removeInstanceFile(databaseFileOf(config)).catch(() => undefined)
    await store.close()
  }

  try {
    const adminListener = createAdminListener(
      getRequestListener(admin.fetch, { overrideGlobalObjects: false }),
      allowedHosts(config.listen.admin, config.allowedHosts),
    )
    opened.push(await listen(adminListener, config.listen.admin))
    opened.push(await listen(createPublicListener(gate, oauth), config.listen.public))
    if (store.engine === 'sqlite' && config.database !== 'sqlite::memory:') {
      await writeInstanceFile(databaseFileOf(config), { pid: process.pid, adminUrl, operatorToken })
    }
  } catch (error) {
    await close()
    throw error
  }
  return { adminUrl, operatorToken, store, flushAudit: () => audit.flush(), close }
}

interface Parts {
  readonly config: Config
  readonly store: Store
  readonly clouds: EntraClouds
  readonly audit: ReturnType<typeof createAuditQueue>
  readonly log: Log
  readonly fetch: typeof fetch
  readonly now: () => number
}

function compose({ config, store, clouds, audit, log, fetch, now }: Parts) {
  const teamspaces = createTeamspaceLookup(store, now)
  const connections = createConnectionLookup(store, now)
  const members = createMemberLookup(store, now)
  const { clockToleranceSeconds } = config
  const verifier = createOuterVerifier({ connections, clouds, fetch, now, clockToleranceSeconds })
  const onBehalfOf = createOnBehalfOf({ clouds, fetch, now })
  store.changes.subscribe((change) => {
    if (change.kind !== 'member') verifier.forget()
    onBehalfOf.forgetTeamspace(change.kind === 'everything' ? undefined : change.teamspaceId)
  })
  const places = createPlaces(config)
  const findSignIn = createSignInLookup({ teamspaces, connections, clouds, defaultTeamspace: config.defaultTeamspace })
  const routes: Routes = {
    servers: new Map(config.servers.map((server) => [server.path, server])),
    hosts: allowedHosts(config.listen.public, [new URL(config.publicUrl).host, ...config.allowedHosts]),
    isAllowedOrigin: originRule(config),
  }
  const outcomes = createOutcomes({
    routes,
    audit,
    now,
    challengeContext: createChallengeContext({ places, findSignIn, config }),
    onFault: (fault, record) => log('A call failed', { fault, requestId: record.requestId, server: record.server }),
  })
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
    door: { verifier, gateway: createGatewayDoor() },
    admission: createAdmission({ members, makeMember: createJustInTime({ store, connections, teamspaces, now }) }),
    read: { messageBytes: config.limits.messageBytes, held: { bytes: 0, max: config.limits.heldBytes }, sessions },
    exchange: { connections, onBehalfOf },
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
    findSignIn,
    facade: config.facade,
    fetch,
    onFault: (fault) => log('The OAuth surface failed', { fault }),
  })
  return { gate, oauth, pools: [...pools.values()] }
}

const databaseFileOf = (config: Config) => config.database.slice('sqlite:'.length)

const hostOf = ({ host }: ListenAddress) => (host.includes(':') ? `[${host}]` : host)

/** Addresses in use are the commonest reason not to start: say which. */
function listen(listener: RequestListener, address: ListenAddress): Promise<Server> {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    joinDuplicateHeaders: true, // Node keeps the first Host of two otherwise; joined, they are none of ours
  }
  const server = createServer(options, listener)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${hostOf(address)}:${address.port}`
      reject(error.code === 'EADDRINUSE' ? new Error(`${where} is in use by another program`, { cause: error }) : error)
    })
    server.listen(address.port, address.host, () => resolve(server))
  })
}

/** Takes no new calls, lets the short ones end, and then cuts what is left: event streams would stay for hours. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
