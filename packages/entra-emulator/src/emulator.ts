import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { JWTHeaderParameters, JWTPayload } from 'jose'
import { createApp } from './app.ts'
import { controlRoutes } from './control/routes.ts'
import { createFaultSwitch, faultSchema, type Fault } from './control/faults.ts'
import { createRequestLog, type RecordedRequest } from './control/request-log.ts'
import { getTenant } from './directory/tenants.ts'
import type { Emulation } from './emulation.ts'
import { createGrantStore } from './grants.ts'
import { createKeyRing } from './keys/key-ring.ts'
import { parseSeed, type LoadedSeed, type Seed } from './seed.ts'
import { signAnything } from './tokens/sign.ts'

export interface EmulatorOptions {
  readonly seed: Seed | LoadedSeed
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /** Milliseconds since 1970, as `Date.now`. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

export interface Emulator {
  /** Stands for `https://login.microsoftonline.com`. */
  readonly url: string
  readonly port: number
  /** Live: a change is seen by the next request. */
  readonly seed: LoadedSeed
  /** The last 1000 requests, oldest first; secrets and tokens are kept. */
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
  /** A new kid signs; the old one is gone unless `overlap`. Without a tenant: for all of them. */
  rotateKeys(tenantId?: string, options?: { overlap?: boolean }): Promise<void>
  clearRequests(): void
  setFault(fault: Fault | undefined): void
  /** Ends the user's sessions, codes and refresh tokens (50173). */
  revokeSessions(tenantId: string, userId: string): void
  /** Fixed lifetime of access tokens from now on; undefined: Entra's random 60 to 90 minutes. */
  setTokenLifetime(tenantId: string, seconds: number | undefined): void
  /** Signs any claims with the tenant's key, or with the key that `header.kid` names. */
  signToken(tenantId: string, claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port: wantedPort = 0, host = '127.0.0.1', now = Date.now, log = () => {} } = options
  const seed = parseSeed(options.seed)
  const keys = await createKeyRing(now)
  const faults = createFaultSwitch()
  const requests = createRequestLog()
  const grants = createGrantStore(now)

  // The address is known only once the port is bound, and every token carries it.
  let handle: (request: Request, env: never) => Response | Promise<Response> = () => new Response(null, { status: 503 })
  const server = createAdaptorServer({ fetch: (request, env) => handle(request, env as never) })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wantedPort, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const emulation: Emulation = { url, seed, keys, grants, faults, requests, now, log }

  const emulator: Emulator = {
    url,
    port,
    seed,
    requests: requests.entries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
    rotateKeys: (tenantId, rotation) =>
      keys.rotate(tenantId === undefined ? undefined : getTenant(seed, tenantId).id, rotation),
    clearRequests: () => {
      requests.entries.length = 0
    },
    setFault: (fault) => faults.set(fault && faultSchema.parse(fault)),
    revokeSessions: (tenantId, userId) => grants.revoke(getTenant(seed, tenantId).id, userId),
    setTokenLifetime: (tenantId, seconds) => {
      getTenant(seed, tenantId).tokenLifetimeSeconds = seconds
    },
    signToken: (tenantId, claims, header) => signAnything(keys, getTenant(seed, tenantId).id, claims, header),
  }
  const app = createApp(emulation)
  app.route('/_emulator', controlRoutes(emulator))
  handle = (request, env) => app.fetch(request, env)
  return emulator
}
