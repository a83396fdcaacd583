import { deny, type Denial } from '../denial.ts'
import type { JsonObject } from './strict-json.ts'

/** RFC 8725 §3.11 and RFC 9068 §4: ID-JAGs, DPoP proofs, logout tokens and client assertions are not access tokens. */
const ACCESS_TOKEN_TYPES: ReadonlySet<unknown> = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

const invalid = (detail: string): Denial => deny({ code: 'token_invalid', detail })

/**
 * Checks the JOSE header and answers the `kid`. `jku`, `x5u`, `jwk` and `x5c` are never read: a token does not
 * choose the key it is verified with.
 */
export function checkHeader(header: JsonObject, algorithms: readonly string[]): { kid: string } | Denial {
  if (!algorithms.includes(header['alg'] as string)) return invalid('alg is not accepted')
  if (header['crit'] !== undefined) return invalid('crit names an extension that is not understood') // RFC 7515 §4.1.11
  if (header['b64'] !== undefined) return invalid('b64 is not accepted') // RFC 7797
  const typ = header['typ']
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase()))) {
    return invalid('typ is not that of an access token')
  }
  const kid = header['kid']
  if (typeof kid !== 'string' || kid === '' || kid.length > 256) return invalid('kid is missing')
  return { kid }
}
