import { hashMcpToken, isMcpToken } from '@sallyport/verifier'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { findMcpTokenByHash } from './mcp-token-repository.ts'
import { revokeToken } from './revoke-token.ts'

/**
 * Ends a token for whoever has it in hand: to hold it is all the right that this takes, and the most that a finder should
 * do with it. Answers whether there was one, which nobody outside is told (RFC 7009 §2.2).
 */
export async function revokePresented({ store, now }: Pick<Editor, 'store' | 'now'>, token: string): Promise<boolean> {
  if (!isMcpToken(token)) return false
  const found = await findMcpTokenByHash(store.db, hashMcpToken(token))
  const teamspace = found && (await teamspaceRepository(store.db).findById(found.teamspaceId))
  if (!teamspace) return false
  const editor: Editor = { store, now, actor: `bearer of ${found.prefix}…` }
  // Refused only when it is gone by now, with its teamspace.
  await revokeToken(editor, teamspace.slug, found.id, { actor: { kind: 'operator' } })
  return true
}
