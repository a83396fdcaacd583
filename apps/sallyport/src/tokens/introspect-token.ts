import { hashMcpToken, isMcpToken } from '@sallyport/verifier'
import type { Store } from '../store/store.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { effectiveRole, endOf, isUsable } from './mcp-token.ts'
import { findMcpTokenByHash } from './mcp-token-repository.ts'

/** RFC 7662 §2.2, and what is ours: teamspace, role, the member who holds it. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true
      readonly token_type: 'Bearer'
      /** The token's id: it stands for nobody else. */
      readonly sub: string
      readonly iat: number
      readonly exp?: number
      /** Absent when it may call everything. */
      readonly scope?: string
      readonly teamspace: string
      readonly role: string
      readonly member_id?: string
    }

/** Whatever the reason for which a token is not accepted, `active: false` is all that is said of it. */
export async function introspectToken({ db }: Store, token: string, at: number): Promise<Introspection> {
  const found = isMcpToken(token) ? await findMcpTokenByHash(db, hashMcpToken(token)) : undefined
  if (!found || !isUsable(found, at)) return { active: false }
  const teamspace = await teamspaceRepository(db).findById(found.teamspaceId)
  if (!teamspace) return { active: false }
  const end = endOf(found)
  return {
    active: true,
    token_type: 'Bearer',
    sub: found.id,
    iat: Math.floor(found.createdAt / 1000),
    ...(end !== Infinity && { exp: Math.floor(end / 1000) }),
    ...(found.toolScopes && { scope: found.toolScopes.join(' ') }),
    teamspace: teamspace.slug,
    role: effectiveRole(found),
    ...(found.holderMemberId !== null && { member_id: found.holderMemberId }),
  }
}
