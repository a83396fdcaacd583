import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { Emulator } from '../emulator.ts'
import { EntraError } from '../entra-error.ts'
import type { EmulatorEnv } from '../http.ts'
import { parseSeed } from '../load-seed.ts'
import { faultSchema } from './faults.ts'

const LOOPBACK_PEER = /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/

const rotationSchema = z.strictObject({ tenantId: z.string().optional(), overlap: z.boolean().optional() })
const revocationSchema = z.strictObject({ tenantId: z.string(), userId: z.string() })
const lifetimeSchema = z.strictObject({ tenantId: z.string(), seconds: z.int().min(1).max(86_400).nullable() })
const signatureSchema = z.strictObject({
  tenantId: z.string(),
  claims: z.record(z.string(), z.unknown()),
  header: z.record(z.string(), z.unknown()).optional(),
})

/** The emulator's own switches, for when it runs as a program. */
export function controlRoutes(emulator: Emulator): Hono<EmulatorEnv> {
  const routes = new Hono<EmulatorEnv>()
  routes.use(onlyFromThisMachine)
  routes.get('/', (c) => c.json({ url: emulator.url, tenants: emulator.seed.tenants.map(({ id, displayName, domains }) => ({ id, displayName, domains })) })) // prettier-ignore
  routes.get('/requests', (c) => c.json(emulator.requests))
  routes.delete('/requests', (c) => done(c, emulator.clearRequests()))
  routes.put('/fault', async (c) => done(c, emulator.setFault(await read(c, faultSchema))))
  routes.delete('/fault', (c) => done(c, emulator.setFault(undefined)))
  routes.post('/rotate-keys', async (c) => {
    const { tenantId, overlap = false } = await read(c, rotationSchema)
    return done(c, await emulator.rotateKeys(tenantId, { overlap }))
  })
  routes.post('/revoke-sessions', async (c) => {
    const { tenantId, userId } = await read(c, revocationSchema)
    return done(c, emulator.revokeSessions(tenantId, userId))
  })
  routes.put('/token-lifetime', async (c) => {
    const { tenantId, seconds } = await read(c, lifetimeSchema)
    return done(c, emulator.setTokenLifetime(tenantId, seconds ?? undefined))
  })
  routes.post('/sign-token', async (c) => {
    const { tenantId, claims, header } = await read(c, signatureSchema)
    return c.json({ token: await emulator.signToken(tenantId, claims, header) })
  })
  routes.get('/seed', (c) => c.json(emulator.seed))
  routes.put('/seed', async (c) => {
    const seed = await c.req.json().then(parseSeed).catch(toProblem)
    return seed instanceof Problem ? c.json({ error: seed.message }, 400) : done(c, Object.assign(emulator.seed, seed))
  })
  routes.onError((error, c) => {
    const isTheirs = error instanceof Problem || error instanceof EntraError
    return c.json({ error: error.message }, isTheirs ? 400 : 500)
  })
  return routes
}

class Problem extends Error {}

const toProblem = (cause: unknown): Problem => new Problem(cause instanceof Error ? cause.message : String(cause))

const done = (c: Context, _: unknown) => c.body(null, 204)

async function read<T>(c: Context<EmulatorEnv>, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined))
  if (parsed.success) return parsed.data
  throw new Problem(z.prettifyError(parsed.error))
}

/** Also refuses web pages: a foreign `Host` is DNS rebinding, an `Origin` is a script of some site. */
const onlyFromThisMachine: MiddlewareHandler<EmulatorEnv> = async (c, next) => {
  const peer = c.env.incoming.socket.remoteAddress ?? ''
  const isLocal = LOOPBACK_PEER.test(peer) && LOOPBACK_HOST.test(c.req.header('host') ?? '')
  if (!isLocal || c.req.header('origin') !== undefined) return c.json({ error: 'Only from this machine.' }, 403)
  return next()
}
