import { hash, randomBytes } from 'node:crypto'

/** What every MCP token begins with: it tells the kind at a glance, to people, to the dispatch and to secret scanners. */
export const MCP_TOKEN_PREFIX = 'mcpt_'

const SHAPE = /^mcpt_[A-Za-z0-9_-]{43}$/
const SHOWN_CHARACTERS = 12

/** A token that was just made. `token` is shown once and kept nowhere; the rest may be stored. */
export interface MintedMcpToken {
  readonly token: string
  /** SHA-256 of the token's text, in hex. */
  readonly tokenHash: string
  /** The first 12 characters, by which people recognise it. */
  readonly prefix: string
}

/**
 * Makes an opaque token: `mcpt_` and 32 random bytes in base64url, 48 characters.
 *
 * ```ts
 * const { token, tokenHash, prefix } = mintMcpToken()
 * ```
 */
export function mintMcpToken(): MintedMcpToken {
  const token = `${MCP_TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashMcpToken(token), prefix: token.slice(0, SHOWN_CHARACTERS) }
}

/** What a token is stored and looked up by: SHA-256 of its whole text, in hex. A random token needs no salt. */
export const hashMcpToken = (token: string): string => hash('sha256', token, 'hex')

/** Whether it has the shape of a token that `mintMcpToken` makes; nothing else is looked up. */
export const isMcpToken = (text: string): boolean => SHAPE.test(text)

/** Whether it was meant as one, in whatever case: such a text is never shown to another verifier. */
export const looksLikeMcpToken = (text: string): boolean =>
  text.slice(0, MCP_TOKEN_PREFIX.length).toLowerCase() === MCP_TOKEN_PREFIX
