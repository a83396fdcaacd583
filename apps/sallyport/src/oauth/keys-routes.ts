import type { Env, Hono } from 'hono'
import type { SigningKeys } from '../exchange/signing-keys.ts'

/** Not much longer: after an emergency nobody should hold on to a key for long. */
const MAX_AGE_SECONDS = 300

/** The keys that servers behind verify identities with (RFC 7517 §5). */
export function addKeysRoute<E extends Env>(app: Hono<E>, keys: Pick<SigningKeys, 'published'>): void {
  app.get('/.well-known/jwks.json', async (c) =>
    c.json({ keys: await keys.published() }, 200, { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` }),
  )
}
