import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { ScimConnectionKind } from './membership.ts'
import type { ScimTokenTable } from './scim.table.ts'
import type { ScimToken } from './scim-token.ts'

/** The token says which teamspace it is of, so this is not bound to one. */
export async function findScimTokenByHash(
  db: Kysely<Database>,
  hash: string,
): Promise<(ScimToken & { readonly slug: string }) | undefined> {
  const row = await db
    .selectFrom('scim_token')
    .innerJoin('teamspace', 'teamspace.id', 'scim_token.teamspace_id')
    .selectAll('scim_token')
    .select('teamspace.slug')
    .where('token_hash', '=', hash)
    .executeTakeFirst()
  return row && { ...toToken(row), slug: row.slug }
}

/** Never moves it back: another replica may have seen a later use. */
export async function noteScimTokenUse(db: Kysely<Database>, id: string, at: number): Promise<void> {
  await db
    .updateTable('scim_token')
    .set({ last_used_at: at })
    .where('id', '=', id)
    .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
    .execute()
}

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function scimTokenRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = db.selectFrom('scim_token').selectAll().where('teamspace_id', '=', teamspaceId)
  return {
    list: async (limit: number): Promise<ScimToken[]> =>
      (await owned.orderBy('created_at', 'desc').orderBy('id').limit(limit).execute()).map(toToken),
    find: async (id: string): Promise<ScimToken | undefined> => {
      const row = await owned.where('id', '=', id).executeTakeFirst()
      return row && toToken(row)
    },
    insert: async (token: ScimToken, tokenHash: string): Promise<void> => {
      await db
        .insertInto('scim_token')
        .values({
          id: token.id,
          teamspace_id: teamspaceId,
          token_hash: tokenHash,
          prefix: token.prefix,
          name: token.name,
          connection_kind: token.connectionKind,
          created_by: token.createdBy,
          created_at: token.createdAt,
          expires_at: token.expiresAt,
        })
        .execute()
    },
    revoke: async (id: string, by: { at: number; actor: string }): Promise<void> => {
      await db
        .updateTable('scim_token')
        .set({ revoked_at: by.at, revoked_by: by.actor })
        .where('teamspace_id', '=', teamspaceId)
        .where('id', '=', id)
        .execute()
    },
  }
}

const toToken = (row: Selectable<ScimTokenTable>): ScimToken => ({
  id: row.id,
  teamspaceId: row.teamspace_id,
  prefix: row.prefix,
  name: row.name,
  connectionKind: row.connection_kind as ScimConnectionKind,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
  revokedBy: row.revoked_by,
})
