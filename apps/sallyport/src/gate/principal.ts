import type { Role } from '../members/member.ts'
import type { ToolScopes } from '../tokens/tool-scopes.ts'

/** Who a call is, once it is admitted. */
export type Principal = MemberPrincipal | McpTokenPrincipal | TrustedPrincipal

interface Known {
  readonly id: string
  readonly teamspaceId: string
  readonly role: Role
  /**
   * Whom calls count for, in limits: members make themselves new tokens, which must not be new callers, so a held token
   * counts for its holder, and another for the one that it was rotated from at first. It begins with the teamspace.
   */
  readonly countedAs: string
}

/** A person or a workload that is a member of the teamspace. */
export interface MemberPrincipal extends Known {
  readonly kind: 'member'
  readonly email: string
}

/** A teamspace's opaque token: nobody in person, though a member may hold it. */
export interface McpTokenPrincipal extends Known {
  readonly kind: 'mcp_token'
  readonly name: string
  readonly memberId?: string | undefined
  /** What the holder is now; a held token is judged as its holder too. */
  readonly holderRole?: Role | undefined
  /** Undefined when it may call everything. */
  readonly toolScopes?: ToolScopes | undefined
  /** The tokens in whose place it came, the first of all last. */
  readonly replaced?: readonly string[]
}

/** Whoever the gateway in front let through, or anybody: no rule about people can apply (S3-13). */
export interface TrustedPrincipal {
  readonly kind: 'gateway' | 'anonymous'
  readonly id: 'gateway' | 'anonymous'
  readonly teamspaceId: string | undefined
  readonly role: undefined
  /** Whoever has proven nothing counts as nobody. */
  readonly countedAs: undefined
}
