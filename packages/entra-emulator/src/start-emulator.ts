import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { createApp } from './app.ts'
import { controlRoutes } from './control/routes.ts'
import { createFaultSwitch, faultSchema } from './control/faults.ts'
import { createRequestLog } from './control/request-log.ts'
import { getTenant } from './directory/tenants.ts'
import type { Emulation } from './emulation.ts'
import type { Emulator, EmulatorOptions } from './emulator.ts'
import { createGrantStore } from './grants.ts'
import { createKeyRing } from './keys/key-ring.ts'
import { parseSeed } from './load-seed.ts'
import { signAnything } from './tokens/sign.ts'

type Handler = (request: Request, env: HttpBindings) => Response | Promise<Response>

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', now = Date.now, log = () => {} } = options
  const seed = parseSeed(options.seed)
  const keys = await createKeyRing(now)

  // The address is known only once the port is bound, and every token carries it.
  let handle: Handler = () => new Response(null, { status: 503 })
  const server = await listen((request, env) => handle(request, env), port, host)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`
  const state = { grants: createGrantStore(now), faults: createFaultSwitch(), requests: createRequestLog() }
  const emulation: Emulation = { url, seed, keys, ...state, now, log }
  const emulator = toEmulator(emulation, server)

  const app = createApp(emulation)
  app.route('/_emulator', controlRoutes(emulator))
  handle = (request, env) => app.fetch(request, env)
  return emulator
}

async function listen(handle: Handler, port: number, host: string): Promise<Server> {
  const server = createAdaptorServer({ fetch: (request, env) => handle(request, env as HttpBindings) }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

function toEmulator({ url, seed, keys, grants, faults, requests }: Emulation, server: Server): Emulator {
  return {
    url,
    port: portOf(server),
    seed,
    requests: requests.entries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    rotateKeys: (tenantId, rotation) => keys.rotate(tenantId && getTenant(seed, tenantId).id, rotation),
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
}
