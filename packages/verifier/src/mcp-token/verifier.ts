import { deny, type Denial } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { neverThrowing, type TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import type { Awaitable } from '../when-ready.ts'
import { hashMcpToken, isMcpToken } from './mcp-token.ts'

/** What is known of a token: everything but the token. */
export interface McpTokenRecord {
  /** Not derived from the token or its hash. */
  readonly id: string
  readonly teamspaceId: string
  readonly revoked: boolean
  /** Seconds since the epoch, the first second in which it is not accepted. Undefined or null: it does not expire. */
  readonly expiresAtSeconds?: number | null
  readonly scopes?: readonly string[]
}

/** Where records come from. Undefined is authoritative; "could not tell" is thrown. */
export interface McpTokenSource {
  find(tokenHash: string): Awaitable<McpTokenRecord | undefined>
}

export interface McpTokenVerifierOptions {
  readonly tokens: McpTokenSource
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Told of each accepted use. It is not waited for, and what it throws or rejects with changes nothing. */
  readonly onUse?: (record: McpTokenRecord) => unknown
}

export type McpTokenVerifier = TokenVerifier<VerifiedToken<'token'>>

/**
 * Verifies opaque `mcpt_` tokens by looking up their hash. Nothing is remembered here, so a revoked token is refused as soon
 * as the source knows. Unknown, revoked and expired are one answer; the reason is for the audit log.
 *
 * ```ts
 * const verifier = createMcpTokenVerifier({ tokens: { find: (tokenHash) => records.get(tokenHash) } })
 * ```
 */
export function createMcpTokenVerifier(options: McpTokenVerifierOptions): McpTokenVerifier {
  const { tokens, now = Date.now, onUse } = options

  const judge = (record: McpTokenRecord | undefined): VerifiedToken<'token'> | Denial => {
    if (!record) return refused('unknown MCP token')
    if (record.revoked) return refused(`MCP token ${record.id} is revoked`)
    const expiresAtSeconds = record.expiresAtSeconds ?? Infinity
    // Written so that what is no number is refused.
    if (!(now() / 1000 < expiresAtSeconds)) return refused(`MCP token ${record.id} has expired`)
    if (onUse) tellOfUse(onUse, record)
    return toVerifiedToken(record, expiresAtSeconds)
  }

  return {
    verify(accessToken) {
      if (!isMcpToken(accessToken)) return refused('not the shape of an MCP token')
      return neverThrowing(() => {
        const found = find(tokens, hashMcpToken(accessToken))
        return found instanceof Promise ? found.then(judge) : judge(found)
      })
    },
    forget() {},
  }
}

const refused = (detail: string): Denial => deny({ code: 'token_invalid', detail })

function find(tokens: McpTokenSource, tokenHash: string): Awaitable<McpTokenRecord | undefined> {
  const fault = (cause: unknown): never => {
    if (cause instanceof VerificationFault) throw cause
    throw new VerificationFault('connections_unavailable', 'The MCP token could not be looked up', { cause })
  }
  try {
    const found = tokens.find(tokenHash)
    return found instanceof Promise ? found.catch(fault) : found
  } catch (cause) {
    return fault(cause)
  }
}

function tellOfUse(onUse: (record: McpTokenRecord) => unknown, record: McpTokenRecord): void {
  try {
    const told = onUse(record)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {
    // A note that could not be taken is no reason to refuse.
  }
}

const toVerifiedToken = (
  { id, teamspaceId, scopes = [] }: McpTokenRecord,
  expiresAtSeconds: number,
): VerifiedToken<'token'> => ({
  kind: 'token',
  teamspaceId,
  issuer: 'mcp-token',
  audience: '',
  subject: id,
  tokenId: id,
  scopes,
  expiresAtSeconds,
  claims: {},
})
