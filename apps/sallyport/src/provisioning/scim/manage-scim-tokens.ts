import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import { refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { CONNECTION_KINDS } from './membership.ts'
import { isUsable, mintScimToken } from './scim-token.ts'
import type { ScimToken } from './scim-token.ts'
import { scimTokenRepository } from './scim-token-repository.ts'

/** One for each identity provider, and one more of each while they change over. */
const MAX_USABLE = 5
/** Those that ended are listed, too; and no teamspace makes them without end. */
export const MAX_TOKENS = 100

/** One line, with nothing that could break it or turn the order of letters around. */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u

export const newScimToken = z.strictObject({
  name: z.string().trim().min(1).max(100).regex(PLAIN_TEXT, { error: 'must be one line of plain text' }),
  connection: z.enum(CONNECTION_KINDS).default('entra'),
  expires_at: z.iso
    .datetime({ offset: true, error: 'must be a time as in RFC 3339' })
    .transform((text) => Date.parse(text))
    .refine((ms) => !Number.isNaN(ms), { error: 'is a time that does not exist' })
    .nullish(),
})

export type NewScimToken = z.output<typeof newScimToken>

/** A token in the one moment in which it is known. */
export interface NewlyMintedScimToken {
  /** Shown once and kept nowhere. */
  readonly token: string
  readonly scimToken: ScimToken
}

export function createScimToken(
  editor: Editor,
  slug: string,
  { name, connection, expires_at: expiresAt = null }: NewScimToken,
): Promise<NewlyMintedScimToken | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at, record }) => {
    if (expiresAt !== null && expiresAt <= at) {
      return refuse({ code: 'invalid', field: 'expires_at', says: 'The end of a token must lie in the future' })
    }
    const tokens = scimTokenRepository(tx.db, teamspace.id)
    const all = await tokens.list(MAX_TOKENS)
    if (all.length >= MAX_TOKENS || all.filter((token) => isUsable(token, at)).length >= MAX_USABLE) {
      return refuse({ code: 'conflict', says: `This teamspace has as many SCIM tokens as it may; revoke one first` })
    }
    const minted = mintScimToken()
    const scimToken: ScimToken = {
      id: randomUUID(),
      teamspaceId: teamspace.id,
      prefix: minted.prefix,
      name,
      connectionKind: connection,
      createdBy: editor.actor,
      createdAt: at,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      revokedBy: null,
    }
    await tokens.insert(scimToken, minted.tokenHash)
    await record({ action: 'scim_token.create', kind: 'scim', after: scimToken })
    return { token: minted.token, scimToken }
  })
}

/** Ends a token at once and for ever; its row stays. Doing it again changes nothing. */
export function revokeScimToken(editor: Editor, slug: string, id: string): Promise<ScimToken | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at, record }) => {
    const tokens = scimTokenRepository(tx.db, teamspace.id)
    const before = await tokens.find(id)
    if (!before) return refuse({ code: 'not_found', says: 'There is no such SCIM token in this teamspace' })
    if (before.revokedAt !== null) return before
    await tokens.revoke(id, { at, actor: editor.actor })
    const after = { ...before, revokedAt: at, revokedBy: editor.actor }
    await record({ action: 'scim_token.revoke', kind: 'scim', before, after })
    return after
  })
}

/** A token as the API shows it: neither itself nor its hash. Times are RFC 3339. */
export interface ScimTokenView {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly connection: string
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
  readonly revoked_by: string | null
  /** Whether it is accepted now. */
  readonly usable: boolean
}

export const toScimTokenView = (token: ScimToken, at: number): ScimTokenView => ({
  id: token.id,
  name: token.name,
  prefix: token.prefix,
  connection: token.connectionKind,
  created_by: token.createdBy,
  created_at: new Date(token.createdAt).toISOString(),
  expires_at: toTime(token.expiresAt),
  last_used_at: toTime(token.lastUsedAt),
  revoked_at: toTime(token.revokedAt),
  revoked_by: token.revokedBy,
  usable: isUsable(token, at),
})

const toTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
