import { isJsonObject, parseStrictJson } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'

/** What a credential says of itself. Nothing of it is proven, and its signature is not kept. */
export type ReadToken =
  | { readonly kind: 'jwt'; readonly header: JsonObject; readonly payload: JsonObject }
  | { readonly kind: 'mcp_token'; readonly prefix: string }
  | { readonly kind: 'unreadable'; readonly says: string }

const MCP_TOKEN = /^(mcpt_[A-Za-z0-9_-]{7})[A-Za-z0-9_-]{36}$/
const MAX_DEPTH = 16
const MAX_TOKEN_LENGTH = 64 * 1024

/** Takes a token apart here; it goes nowhere. */
export function readToken(pasted: string): ReadToken {
  const token = pasted.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '')
  const unreadable = (says: string): ReadToken => ({ kind: 'unreadable', says })
  if (token === '') return unreadable('There is no token')
  if (token.length > MAX_TOKEN_LENGTH) return unreadable('This is too long for a token')
  const [, prefix] = MCP_TOKEN.exec(token) ?? []
  if (prefix !== undefined) return { kind: 'mcp_token', prefix }
  if (/^mcpt_/i.test(token))
    return unreadable('This begins like an MCP token, but is not 48 characters long: part of it is missing')
  const parts = token.split('.')
  if (parts.length === 5) return unreadable('This is an encrypted token (JWE), which only its audience can read')
  if (parts.length !== 3) return unreadable('This is neither a JWT nor an MCP token')
  const [header, payload] = [decode(parts[0]!), decode(parts[1]!)]
  if (!header || !payload)
    return unreadable('This looks like a JWT, but its parts are not JSON: it was cut, or changed')
  return { kind: 'jwt', header, payload }
}

function decode(part: string): JsonObject | undefined {
  const parsed = parseStrictJson(Buffer.from(part, 'base64url'), MAX_DEPTH)
  return 'value' in parsed && isJsonObject(parsed.value) ? parsed.value : undefined
}
