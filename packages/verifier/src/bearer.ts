import { deny, type Denial } from './denial.ts'

/** Entra tokens with 200 groups are 8–10 KiB; anything beyond this is refused before it is parsed. */
export const MAX_ACCESS_TOKEN_LENGTH = 16 * 1024

/** RFC 6750 §2.1, `b64token`. */
export const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

const malformed = (detail: string): Denial => deny({ code: 'token_malformed', detail })

/**
 * Takes the access token from Node's `rawHeaders` (name, value, name, value …).
 * `headers.authorization` would not do: Node silently keeps the first of several.
 *
 * ```ts
 * const accessToken = readBearer(req.rawHeaders)
 * if (typeof accessToken !== 'string') return refuse(accessToken)
 * ```
 */
export function readBearer(rawHeaders: readonly string[]): string | Denial {
  const accessToken = takeBearer(rawHeaders)
  const isOther = typeof accessToken === 'string' && !B64_TOKEN.test(accessToken)
  return isOther ? malformed('characters outside b64token') : accessToken
}

/**
 * `readBearer` for a verifier that judges each character itself, as this package's do: a verified token that comes
 * again need not be searched for foreign characters again.
 */
export function takeBearer(rawHeaders: readonly string[]): string | Denial {
  let authorization: string | undefined
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (authorization !== undefined) return malformed('more than one Authorization header')
    authorization = rawHeaders[i + 1]!
  }
  return authorization === undefined ? deny({ code: 'token_missing' }) : fromAuthorization(authorization)
}

function fromAuthorization(authorization: string): string | Denial {
  if (authorization.length > MAX_ACCESS_TOKEN_LENGTH + 16) return malformed('too long')
  if (authorization.slice(0, 6).toLowerCase() !== 'bearer') return otherScheme(authorization)
  if (authorization.length > 6 && authorization[6] !== ' ') return otherScheme(authorization)

  let start = 6
  while (authorization[start] === ' ') start++
  const accessToken = authorization.slice(start)
  if (accessToken.length > MAX_ACCESS_TOKEN_LENGTH) return malformed('too long')
  if (accessToken.includes(' ')) return malformed('more than one word') // several credentials, joined
  return accessToken === '' ? malformed('empty') : accessToken
}

/** `Basic …, Bearer …` is two headers that a proxy joined; which of them counts is not ours to choose. */
function otherScheme(authorization: string): Denial {
  if (/^bearer[^\w-]|,\s*bearer\s/i.test(authorization)) return malformed('not one Bearer credential')
  return deny({ code: 'token_missing' })
}
