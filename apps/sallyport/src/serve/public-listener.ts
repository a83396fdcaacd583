import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Hono } from 'hono'
import { nextAuditId } from '../audit/audit-id.ts'
import { answerPreflight } from '../gate/cors.ts'
import type { GateDeps } from '../gate/deps.ts'
import { handle } from '../gate/gate.ts'
import { pathOf } from '../gate/steps/route.ts'
import type { OAuthEnv } from '../oauth/limit-addresses.ts'
import type { Readiness } from './readiness.ts'

const OAUTH_PATH = /^(?:\/t\/[a-z0-9-]{1,63})?\/(?:authorize|token|register)$|^(?:\/federation)?\/\.well-known\//

export interface PublicParts {
  readonly gate: GateDeps
  readonly oauth: Hono<OAuthEnv>
  readonly readiness: Readiness
}

/** The public side: MCP calls through the gate, the OAuth surface beside it, and health checks. Nothing else. */
export function createPublicListener({ gate, oauth, readiness }: PublicParts): RequestListener {
  const oauthListener = getRequestListener(oauth.fetch, { overrideGlobalObjects: false })

  return (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request.url!)
    const isOwn = path === '/healthz' || path === '/readyz' || request.method === 'OPTIONS' || OAUTH_PATH.test(path)
    if (!isOwn) return void handle(request, response, gate).catch((error: unknown) => gate.lose(error, response))
    response.setHeader('x-request-id', nextAuditId(Date.now())) // the gate's is that of its audit row
    if (OAUTH_PATH.test(path)) {
      if (gate.routes.hosts.has((request.headers.host ?? '').toLowerCase()))
        return void oauthListener(request, response)
      response.writeHead(403).end()
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    } else if (path === '/readyz') {
      void readiness.isReady().then((isReady) => answerReadiness(response, isReady))
    } else answerPreflight(request, response, gate.routes)
  }
}

/** Why not is in the log: this address is open to all. */
function answerReadiness(response: ServerResponse, isReady: boolean): void {
  const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store' }
  response.writeHead(isReady ? 200 : 503, headers).end(isReady ? 'ready' : 'not ready')
}
