import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a token may call, as a JSON list; null is everything, as it was for all tokens before (B-07 g). */
export const mcpTokenScopes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('mcp_token').addColumn('tool_scopes', 'text').execute()
  },
}
