import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Hono } from 'hono'
import { answerPreflight } from '../gate/cors.ts'
import type { GateDeps } from '../gate/deps.ts'
import { handle } from '../gate/gate.ts'
import { pathOf } from '../gate/steps/route.ts'

const OAUTH_PATH = /^(?:\/t\/[a-z0-9-]{1,63})?\/(?:authorize|token|register)$|^\/\.well-known\//

/** The public side: MCP calls through the gate, the OAuth surface beside it, and a health check. Nothing else. */
export function createPublicListener(gate: GateDeps, oauth: Hono): RequestListener {
  const oauthListener = getRequestListener(oauth.fetch, { overrideGlobalObjects: false })

  return (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request.url!)
    if (OAUTH_PATH.test(path)) {
      if (gate.routes.hosts.has((request.headers.host ?? '').toLowerCase()))
        return void oauthListener(request, response)
      response.writeHead(403).end()
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    } else if (request.method === 'OPTIONS') {
      answerPreflight(request, response, gate.routes)
    } else {
      void handle(request, response, gate)
    }
  }
}
