import type { RefusedAttempts } from '../../limits/refused-attempts.ts'
import type { Store } from '../../store/store.ts'
import type { HeldBodies } from './held-bodies.ts'
import type { ScimContext } from './scim-context.ts'
import { hashScimToken, isScimToken, isUsable } from './scim-token.ts'
import { findScimTokenByHash, noteScimTokenUse } from './scim-token-repository.ts'

const NOTED_EVERY_MS = 60_000

export interface ScimDeps {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Closes the door to addresses that guess; without it nobody is counted. */
  readonly refusedAttempts?: RefusedAttempts | undefined
  /** Bounds what bodies take of the memory; a usual amount, unless given. */
  readonly heldBodies?: HeldBodies | undefined
  readonly log: (message: string, fields?: object) => void
}

/**
 * For whom the bearer of this header acts; undefined for everybody else, whether the token is unknown, revoked or expired.
 * Asked anew each time, so what was revoked is refused from the next request on.
 */
export async function authenticateScim(
  { store, now }: Pick<ScimDeps, 'store' | 'now'>,
  authorization: string | undefined,
): Promise<ScimContext | undefined> {
  const presented = /^Bearer +([^\s,]+)$/i.exec(authorization ?? '')?.[1]
  if (presented === undefined || !isScimToken(presented)) return undefined
  const token = await findScimTokenByHash(store.db, hashScimToken(presented))
  const at = now()
  if (!token || !isUsable(token, at)) return undefined
  if (token.lastUsedAt === null || at - token.lastUsedAt >= NOTED_EVERY_MS) {
    await store.transaction(({ db }) => noteScimTokenUse(db, token.id, at), 'crash')
  }
  const { teamspaceId, slug, connectionKind } = token
  return { editor: { store, now, actor: `SCIM token ${token.name}` }, teamspaceId, slug, connectionKind }
}
