import type { McpTokenRecord } from '@sallyport/verifier'
import type { Role } from '../members/member.ts'
import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { effectiveRole, endOf, isVoid } from './mcp-token.ts'
import type { HeldMcpToken } from './mcp-token.ts'
import { findMcpTokenByHash, findMcpTokenById, listReplaced } from './mcp-token-repository.ts'
import { compileToolScopes } from './tool-scopes.ts'
import type { ToolScopes } from './tool-scopes.ts'

/** What a token stands for while it may be used. */
export interface UsableMcpToken {
  readonly id: string
  readonly teamspaceId: string
  readonly name: string
  /** Its own or its holder's, whichever is lower. */
  readonly role: Role
  /** Undefined when it may call everything. */
  readonly toolScopes?: ToolScopes | undefined
  /** The member who holds it, and without whom it is worth nothing; none when the teamspace itself does. */
  readonly memberId?: string | undefined
  /** What the holder is now: rules about people are about the holder too. */
  readonly holderRole?: Role | undefined
  /** The tokens in whose place it came, the first of all last: rules about them are about it too. */
  readonly replaced: readonly string[]
}

export interface McpTokenLookup {
  /** Counts the changes heard of: while it stays, so does every answer. */
  readonly epoch: number
  /** For the verifier; a token whose holder is gone is as good as revoked. */
  findByHash(tokenHash: string): Awaitable<McpTokenRecord | undefined>
  /** For admission. */
  findUsable(id: string): Awaitable<UsableMcpToken | undefined>
}

/** Both shapes, made once: a call that finds them cached makes nothing. */
interface Known {
  readonly record: McpTokenRecord
  readonly usable: UsableMcpToken | undefined
  readonly end: number
}

export function createMcpTokenLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): McpTokenLookup {
  const options = {
    changes: store.changes,
    kinds: ['mcp_token', 'member', 'teamspace'],
    teamspaceOf: ({ record }: Known) => record.teamspaceId,
    now,
    uses,
  } as const
  const byHash = cachedLookup<Known>(options)
  const byId = cachedLookup<Known>(options)
  const usableNow = (known: Known | undefined) => (known && now() < known.end ? known.usable : undefined)
  return {
    get epoch() {
      return byId.epoch
    },
    findByHash(tokenHash) {
      const found = byHash.get(tokenHash, async () => toKnown(await findMcpTokenByHash(store.db, tokenHash), []))
      return whenReady(found, recordOf)
    },
    findUsable(id) {
      const found = byId.get(id, () => findKnown(store, id))
      return whenReady(found, usableNow)
    },
  }
}

const recordOf = (known: Known | undefined) => known?.record

async function findKnown({ db }: Store, id: string): Promise<Known | undefined> {
  const token = await findMcpTokenById(db, id)
  return token && toKnown(token, await listReplaced(db, token))
}

function toKnown(token: HeldMcpToken | undefined, replaced: readonly string[]): Known | undefined {
  if (!token) return undefined
  const { id, teamspaceId } = token
  const [revoked, end] = [isVoid(token), endOf(token)]
  return {
    record: { id, teamspaceId, revoked, expiresAtSeconds: end / 1000 },
    usable: revoked ? undefined : toUsable(token, replaced),
    end,
  }
}

/** Scopes are compiled here, once for as long as the token stays cached. */
const toUsable = (token: HeldMcpToken, replaced: readonly string[]): UsableMcpToken => ({
  id: token.id,
  teamspaceId: token.teamspaceId,
  name: token.name,
  role: effectiveRole(token),
  toolScopes: token.toolScopes === null ? undefined : compileToolScopes(token.toolScopes),
  memberId: token.holderMemberId ?? undefined,
  holderRole: token.holderRole ?? undefined,
  replaced,
})
