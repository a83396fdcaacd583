import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkTeamspaceId, type McpTokenRecord, type McpTokenSource, mintMcpToken } from '@sallyport/verifier'
import { DATABASE_PREFIX } from '../store/databases.ts'
import { createUseNotes } from './use-notes.ts'

/** The database of no teamspace: `databaseNameFor` never gives this name. */
const ADMIN_DATABASE = `${DATABASE_PREFIX}__admin`
/** So that a script gone wrong fills nobody's disk. */
const MAX_ACTIVE = 100
const MAX_LISTED = 1000

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS mcp_tokens (
    hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, tenant_id TEXT NOT NULL, name TEXT NOT NULL,
    created_by TEXT NOT NULL, created_at TEXT NOT NULL, last_used_at TEXT, revoked INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS mcp_tokens_by_tenant ON mcp_tokens (tenant_id, created_at);
`

/** What may be shown of a token. Its hash is not among it. */
export interface ListedMcpToken {
  readonly id: string
  readonly prefix: string
  readonly name: string
  readonly createdBy: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly revoked: boolean
}

export interface McpTokenStore extends McpTokenSource {
  find(tokenHash: string): McpTokenRecord | undefined
  /** The token is in the answer and nowhere else. */
  mint(teamspaceId: string, name: string, createdBy: string): { readonly id: string; readonly token: string }
  list(teamspaceId: string): ListedMcpToken[]
  /** False when the teamspace has no such token, whoever else may have it. */
  revoke(teamspaceId: string, id: string): boolean
  /** Takes a note and returns: it is written later, or never. */
  noteUse(record: McpTokenRecord): void
  close(): void
}

/** Tokens of all teamspaces. Nothing is cached, so one that another process revokes is refused on its next call. */
export function createMcpTokenStore(dataDir: string, now: () => number = Date.now): McpTokenStore {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, `${ADMIN_DATABASE}.db`)
  const database = new DatabaseSync(file, { timeout: 5000 })
  database.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`)
  const found = database.prepare('SELECT id, tenant_id AS teamspaceId, revoked FROM mcp_tokens WHERE hash = :hash')
  const notes = createUseNotes(file, now)

  return {
    find(tokenHash) {
      const row = found.get({ hash: tokenHash }) as (Omit<McpTokenRecord, 'revoked'> & { revoked: number }) | undefined
      return row && { ...row, revoked: row.revoked !== 0 }
    },
    mint(teamspaceId, name, createdBy) {
      checkTeamspaceId(teamspaceId)
      const [id, createdAt] = [randomUUID(), new Date(now()).toISOString()]
      const { token, tokenHash: hash, prefix } = mintMcpToken()
      const values = { hash, id, prefix, tenant: teamspaceId, name: checkedName(name), createdBy, createdAt }
      // One statement, so that two who mint at once cannot both be the last.
      const { changes } = database
        .prepare(
          `INSERT INTO mcp_tokens (hash, id, prefix, tenant_id, name, created_by, created_at)
           SELECT :hash, :id, :prefix, :tenant, :name, :createdBy, :createdAt
           WHERE (SELECT count(*) FROM mcp_tokens WHERE tenant_id = :tenant AND revoked = 0) < :most`,
        )
        .run({ ...values, most: MAX_ACTIVE })
      if (changes === 0) throw new RangeError(`A teamspace has at most ${MAX_ACTIVE} tokens that are not revoked`)
      return { id, token }
    },
    list: (teamspaceId) =>
      database
        .prepare(
          `SELECT id, prefix, name, created_by AS createdBy, created_at AS createdAt, last_used_at AS lastUsedAt, revoked
           FROM mcp_tokens WHERE tenant_id = :teamspaceId ORDER BY created_at DESC, id LIMIT :most`,
        )
        .all({ teamspaceId, most: MAX_LISTED })
        .map((row) => ({ ...row, revoked: row['revoked'] !== 0 }) as ListedMcpToken),
    revoke: (teamspaceId, id) =>
      database
        .prepare('UPDATE mcp_tokens SET revoked = 1 WHERE tenant_id = :teamspaceId AND id = :id')
        .run({ teamspaceId, id }).changes > 0,
    noteUse: ({ id }) => notes.take(id),
    close() {
      notes.close()
      database.close()
    },
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > 100 || /\p{Cc}/u.test(trimmed)) {
    throw new TypeError('The name of a token has 1 to 100 characters, none of them a control character')
  }
  return trimmed
}
