import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import {
  expressBearer,
  fastifyBearer,
  honoBearer,
  requireBearer,
  withPrincipal,
  type AuthInfo,
  type BearerOptions,
  type TokenKind,
  type VerifiedToken,
} from '../src/index.ts'

/** What is the same everywhere: it gets the JSON that was posted and the SDK's view of the caller, and answers a text. */
export type Handler = (body: unknown, auth: AuthInfo | undefined) => Promise<string>
type Options = BearerOptions<VerifiedToken<TokenKind>, unknown>

export interface Framework {
  readonly name: string
  /** Serves `POST /mcp` behind the middleware, with the framework's own reader of JSON after it. */
  readonly start: (options: Options, handler: Handler) => Promise<{ url: string } & AsyncDisposable>
}

async function listening(server: Server) {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

const serve = (listener: RequestListener) => listening(createServer(listener))

const node: Framework = {
  name: 'node:http',
  start(options, handler) {
    const authenticate = requireBearer(options)
    return serve(async (req, res) => {
      const caller = await authenticate(req, res)
      if (caller) await withPrincipal(caller, async () => res.end(await handler(await json(req), undefined)))
    })
  },
}

const hono: Framework = {
  name: 'Hono',
  start(options, handler) {
    const app = new Hono<{ Variables: { auth: AuthInfo } }>()
    app.use('/mcp', honoBearer(options))
    app.post('/mcp', async (c) => c.text(await handler(await c.req.json(), c.get('auth'))))
    return serve(getRequestListener(app.fetch))
  },
}

/** These bring no types; all that is used of them is here. */
const install = createRequire(import.meta.url)
type Express = (() => Record<'use' | 'post', (...handlers: unknown[]) => void> & RequestListener) & { json(): unknown }
type ExpressRequest = IncomingMessage & { body: unknown; auth: AuthInfo }
interface FastifyApp {
  register(plugin: unknown): Promise<void>
  post(path: string, handler: (request: { body: unknown; raw: { auth: AuthInfo } }) => Promise<string>): void
  ready(): Promise<void>
  routing: RequestListener
}

const express = (create: Express): Framework => ({
  name: 'Express',
  start(options, handler) {
    const app = create()
    app.use('/mcp', expressBearer(options))
    app.use(create.json())
    app.post('/mcp', async (req: ExpressRequest, res: ServerResponse) => res.end(await handler(req.body, req.auth)))
    return serve(app)
  },
})

const fastify = (create: () => FastifyApp): Framework => ({
  name: 'Fastify',
  async start(options, handler) {
    const app = create()
    await app.register(fastifyBearer(options))
    app.post('/mcp', ({ body, raw }) => handler(body, raw.auth))
    await app.ready()
    return serve(app.routing)
  },
})

/** Fastify is no dependency: the suite runs over it wherever it is installed. */
export const FRAMEWORKS: readonly Framework[] = [
  node,
  hono,
  express(install('express') as Express),
  ...(isInstalled('fastify') ? [fastify(install('fastify') as () => FastifyApp)] : []),
]

function isInstalled(name: string): boolean {
  try {
    return install.resolve(name) !== ''
  } catch {
    return false
  }
}
