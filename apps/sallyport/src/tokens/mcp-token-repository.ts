import type { Kysely } from 'kysely'
import type { Role } from '../members/member.ts'
import type { Database } from '../store/schema.ts'
import type { HeldMcpToken, McpToken } from './mcp-token.ts'
import type { McpTokenRow } from './mcp-token.table.ts'

/** Where a page of tokens ended: newest come first. */
export interface McpTokenCursor {
  readonly createdAt: number
  readonly id: string
}

export interface McpTokenPage {
  readonly limit: number
  readonly after?: McpTokenCursor | undefined
  /** Only what this member holds. */
  readonly holderMemberId?: string | undefined
}

/** With the holder as a member of the same teamspace, or null. */
const withHolder = (db: Kysely<Database>) =>
  db
    .selectFrom('mcp_token')
    .leftJoin('member', (join) =>
      join
        .onRef('member.id', '=', 'mcp_token.holder_member_id')
        .onRef('member.teamspace_id', '=', 'mcp_token.teamspace_id'),
    )
    .selectAll('mcp_token')
    .select('member.role as holder_role')

/** The token that a caller presents says which teamspace it is of, so these two are not bound to one. */
export const findMcpTokenByHash = async (db: Kysely<Database>, hash: string): Promise<HeldMcpToken | undefined> =>
  found(await withHolder(db).where('mcp_token.token_hash', '=', hash).executeTakeFirst())

export const findMcpTokenById = async (db: Kysely<Database>, id: string): Promise<HeldMcpToken | undefined> =>
  found(await withHolder(db).where('mcp_token.id', '=', id).executeTakeFirst())

/** Rotations that are followed back; a token that is rotated daily has as many in three years. */
const MAX_ROTATIONS = 1_000

/** The tokens in whose place this one came, whatever became of them; the first of all is the last. */
export async function listReplaced(db: Kysely<Database>, { teamspaceId, replaces }: McpToken): Promise<string[]> {
  if (replaces === null) return []
  const earlier = await db
    .withRecursive('earlier(id, replaces, back)', (query) => {
      const own = query.selectFrom('mcp_token').where('mcp_token.teamspace_id', '=', teamspaceId)
      return own
        .where('mcp_token.id', '=', replaces)
        .select(({ lit }) => ['mcp_token.id', 'mcp_token.replaces', lit(1).as('back')])
        .unionAll(
          own
            .innerJoin('earlier', 'earlier.replaces', 'mcp_token.id')
            .where('earlier.back', '<', MAX_ROTATIONS)
            .select(({ eb, lit }) => [
              'mcp_token.id',
              'mcp_token.replaces',
              eb('earlier.back', '+', lit(1)).as('back'),
            ]),
        )
    })
    .selectFrom('earlier')
    .select('earlier.id')
    .orderBy('earlier.back')
    .execute()
  return earlier.map(({ id }) => id)
}

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function mcpTokenRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = withHolder(db).where('mcp_token.teamspace_id', '=', teamspaceId)
  const update = (id: string) =>
    db.updateTable('mcp_token').where('teamspace_id', '=', teamspaceId).where('id', '=', id)
  return {
    list: async ({ limit, after, holderMemberId }: McpTokenPage): Promise<HeldMcpToken[]> => {
      let page = owned.orderBy('mcp_token.created_at', 'desc').orderBy('mcp_token.id', 'desc').limit(limit)
      if (holderMemberId !== undefined) page = page.where('mcp_token.holder_member_id', '=', holderMemberId)
      if (after !== undefined) {
        page = page.where(({ or, and, eb }) =>
          or([
            eb('mcp_token.created_at', '<', after.createdAt),
            and([eb('mcp_token.created_at', '=', after.createdAt), eb('mcp_token.id', '<', after.id)]),
          ]),
        )
      }
      return (await page.execute()).map(toHeldMcpToken)
    },
    findById: async (id: string): Promise<HeldMcpToken | undefined> =>
      found(await owned.where('mcp_token.id', '=', id).executeTakeFirst()),
    /** Those that have one of these ids or names. */
    listNamed: async (names: readonly string[]): Promise<HeldMcpToken[]> => {
      const named = owned.where(({ eb, or }) =>
        or([eb('mcp_token.id', 'in', names), eb('mcp_token.name', 'in', names)]),
      )
      return (await named.execute()).map(toHeldMcpToken)
    },
    /** Tokens that are accepted; those in their last days after a rotation do not count. */
    countActive: async (at: number): Promise<number> => {
      const { count } = await withHolder(db)
        .clearSelect()
        .select((row) => row.fn.countAll().as('count'))
        .where('mcp_token.teamspace_id', '=', teamspaceId)
        .where('mcp_token.revoked_at', 'is', null)
        .where('mcp_token.replaced_by', 'is', null)
        .where(({ or, eb }) => or([eb('mcp_token.expires_at', 'is', null), eb('mcp_token.expires_at', '>', at)]))
        .where(({ or, eb }) => or([eb('mcp_token.holder_member_id', 'is', null), eb('member.id', 'is not', null)]))
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    insert: async (token: McpToken, tokenHash: string): Promise<void> => {
      await db
        .insertInto('mcp_token')
        .values({ ...toRow(token), token_hash: tokenHash, teamspace_id: teamspaceId })
        .execute()
    },
    revoke: async (id: string, by: { at: number; actor: string }): Promise<void> => {
      await update(id).set({ revoked_at: by.at, revoked_by: by.actor }).execute()
    },
    replace: async (id: string, by: { id: string; graceUntil: number }): Promise<void> => {
      await update(id).set({ replaced_by: by.id, grace_until: by.graceUntil }).execute()
    },
  }
}

const found = (row: HeldRow | undefined): HeldMcpToken | undefined => row && toHeldMcpToken(row)

type HeldRow = McpTokenRow & { readonly holder_role: string | null }

const toHeldMcpToken = (row: HeldRow): HeldMcpToken => ({
  id: row.id,
  teamspaceId: row.teamspace_id,
  prefix: row.prefix,
  name: row.name,
  role: row.role as Role,
  toolScopes: row.tool_scopes === null ? null : toScopes(row.tool_scopes),
  holderMemberId: row.holder_member_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
  revokedBy: row.revoked_by,
  replaces: row.replaces,
  replacedBy: row.replaced_by,
  graceUntil: row.grace_until,
  holderRole: row.holder_role as Role | null,
})

/** Whatever this cannot be read as grants nothing. */
function toScopes(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((scope) => typeof scope === 'string') ? value : []
  } catch {
    return []
  }
}

const toRow = (token: McpToken): Omit<McpTokenRow, 'token_hash'> => ({
  id: token.id,
  teamspace_id: token.teamspaceId,
  prefix: token.prefix,
  name: token.name,
  role: token.role,
  tool_scopes: token.toolScopes === null ? null : JSON.stringify(token.toolScopes),
  holder_member_id: token.holderMemberId,
  created_by: token.createdBy,
  created_at: token.createdAt,
  expires_at: token.expiresAt,
  last_used_at: token.lastUsedAt,
  revoked_at: token.revokedAt,
  revoked_by: token.revokedBy,
  replaces: token.replaces,
  replaced_by: token.replacedBy,
  grace_until: token.graceUntil,
})
