import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Routes } from './steps/route.ts'

/** Browser clients cannot start the flow unless they may read these. */
const EXPOSED =
  'WWW-Authenticate, Mcp-Session-Id, Mcp-Protocol-Version, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id'

/** CORS headers for an allowed origin; never with credentials. */
export const corsHeaders = (origin: string): Record<string, string> => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': EXPOSED,
  vary: 'origin',
})

/** Preflights carry no credentials, so they are answered before any door. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, routes: Routes): void {
  const { origin, host } = request.headers
  const allowed = origin !== undefined && routes.isAllowedOrigin(origin) && routes.hosts.has((host ?? '').toLowerCase())
  if (!allowed) {
    response.writeHead(403).end()
    return
  }
  response
    .writeHead(204, {
      ...corsHeaders(origin),
      'access-control-allow-methods': 'POST, GET, DELETE',
      'access-control-allow-headers': String(
        request.headers['access-control-request-headers'] ?? 'authorization',
      ).slice(0, 2048),
      'access-control-max-age': '600',
    })
    .end()
}
