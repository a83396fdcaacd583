import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { InsufficientScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth as requireBearerAuthV1 } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import { OAuthError, OAuthErrorCode, requireBearerAuth } from '@modelcontextprotocol/server'
import fastify from 'fastify'
import { Hono } from 'hono'
import {
  expressBearer,
  fastifyBearer,
  honoBearer,
  oauthTokenVerifier,
  requireBearer,
  withPrincipal,
  type AuthInfo,
  type BearerOptions,
  type VerifiedToken,
} from '../src/index.ts'

/** What is the same everywhere: it gets the JSON that was posted and the SDK's view of the caller, and answers a text. */
export type Handler = (body: unknown, auth: AuthInfo | undefined) => Promise<string>
type Options = BearerOptions<VerifiedToken, unknown>

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

const plainNode: Framework = {
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

/** Express brings no types; all that is used of it is here. */
type ExpressRequest = IncomingMessage & { body: unknown; auth: AuthInfo }
type ExpressHandler = (req: ExpressRequest, res: ServerResponse, next: (error?: unknown) => void) => unknown
type ExpressApp = Record<'use' | 'post', (path: string, ...handlers: ExpressHandler[]) => void> & RequestListener
type Express = (() => ExpressApp) & { json(): ExpressHandler }
const createExpress = createRequire(import.meta.url)('express') as Express

const express: Framework = {
  name: 'Express',
  start(options, handler) {
    const app = createExpress()
    app.use('/mcp', expressBearer(options), createExpress.json())
    app.post('/mcp', async ({ body, auth }, res) => res.end(await handler(body, auth)))
    return serve(app)
  },
}

const fastifyPlugin: Framework = {
  name: 'Fastify',
  async start(options, handler) {
    const app = fastify({ forceCloseConnections: true })
    await app.register(fastifyBearer(options))
    app.post('/mcp', ({ body, raw }) => handler(body, (raw as { auth?: AuthInfo }).auth))
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return { url, [Symbol.asyncDispose]: () => app.close() }
  },
}

/** Ours throughout: they answer alike. */
export const MIDDLEWARE: readonly Framework[] = [plainNode, express, hono, fastifyPlugin]

const sdkOptions = ({ resourceMetadataUrl, requiredScope }: Options) => ({
  ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
  ...(requiredScope !== undefined && { requiredScopes: [requiredScope] }),
})

const sdkV1: Framework = {
  name: 'MCP SDK v1',
  start(options, handler) {
    const verifier = oauthTokenVerifier(options.verifier, { InvalidTokenError, InsufficientScopeError })
    const gate = requireBearerAuthV1({ verifier, ...sdkOptions(options) }) as unknown as ExpressHandler
    const app = createExpress()
    app.use('/mcp', gate, createExpress.json())
    app.post('/mcp', async ({ body, auth }, res) =>
      withPrincipal(auth.extra.verified, async () => res.end(await handler(body, auth))),
    )
    return serve(app)
  },
}

const sdkV2: Framework = {
  name: 'MCP SDK v2',
  start(options, handler) {
    const verifier = oauthTokenVerifier(options.verifier, { OAuthError, OAuthErrorCode })
    const gate = requireBearerAuth({ verifier, ...sdkOptions(options) })
    return serve(
      getRequestListener(async (request) => {
        const outcome = await gate(request)
        if (outcome instanceof Response) return outcome
        const auth = outcome as unknown as AuthInfo
        return withPrincipal(auth.extra.verified, async () => new Response(await handler(await request.json(), auth)))
      }),
    )
  },
}

/** The SDK's own middleware over our verifier: the same decisions, in the SDK's words. */
export const SDKS: readonly Framework[] = [sdkV1, sdkV2]
