import { Hono } from 'hono'
import { modesOf } from '../config/auth-mode.ts'
import type { ServerConfig } from '../config/config.ts'

/** The servers as they are configured, to be read only. Without the query of an upstream, where some want their key. */
export function serverRoutes(servers: readonly ServerConfig[], publicUrl?: string): Hono {
  const views = servers.map(({ name, path, upstream, auth, outbound }) => ({
    name,
    path,
    upstream: upstream.origin,
    auth: modesOf(auth),
    outbound: outbound.kind,
  }))
  return new Hono().get('/', (context) => context.json({ publicUrl, servers: views }))
}
