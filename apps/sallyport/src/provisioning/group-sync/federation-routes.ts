import type { Env, Hono } from 'hono'
import { DISCOVERY_PATH, FEDERATION_PATH, KEYS_PATH } from './federation.ts'
import type { Federation } from './federation.ts'

/** New keys are published two days before they sign. */
const MAX_AGE_SECONDS = 300

/** What Entra reads to check an assertion (OpenID Connect Discovery §4). The first reader has the first key made. */
export function addFederationRoutes<E extends Env>(app: Hono<E>, federation: Federation): void {
  const headers = { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` }
  app.get(`${FEDERATION_PATH}${DISCOVERY_PATH}`, (c) => c.json(federation.discovery(), 200, headers))
  app.get(`${FEDERATION_PATH}${KEYS_PATH}`, async (c) => c.json({ keys: await federation.published() }, 200, headers))
}
