import { MAX_ACCESS_TOKEN_LENGTH } from '../bearer.ts'
import { deny, type Denial } from '../denial.ts'
import { parseStrictObject, type JsonObject } from './strict-json.ts'

export interface CompactJwt {
  readonly header: JsonObject
  readonly payload: JsonObject
  /** What the signature covers, and the signature. Nothing here is proven yet. */
  readonly signingInput: Buffer
  readonly signature: Buffer
}

const malformed = (detail: string): Denial => deny({ code: 'token_malformed', detail })

/** Takes a JWS in compact form apart (RFC 7515 §7.1), once, and refuses what two readers could read differently. */
export function decodeCompactJwt(accessToken: string): CompactJwt | Denial {
  if (accessToken.length > MAX_ACCESS_TOKEN_LENGTH) return malformed('too long')
  const parts = accessToken.split('.', 6)
  if (parts.length === 5) return deny({ code: 'token_invalid', detail: 'encrypted tokens (JWE) are not accepted' })
  const [encodedHeader, encodedPayload, encodedSignature] = parts
  if (parts.length !== 3 || !encodedHeader || !encodedPayload || !encodedSignature) return malformed('not a JWT')

  const header = decodeObject(encodedHeader)
  if (!header) return malformed('header')
  const payload = decodeObject(encodedPayload)
  if (!payload) return malformed('payload')
  const signature = decodeBase64url(encodedSignature)
  if (!signature) return malformed('signature')
  const signingInput = Buffer.from(accessToken.slice(0, encodedHeader.length + 1 + encodedPayload.length), 'latin1')
  return { header, payload, signingInput, signature }
}

function decodeObject(encoded: string): JsonObject | undefined {
  const bytes = decodeBase64url(encoded)
  return bytes && parseStrictObject(bytes)
}

/** Node skips what is not in the alphabet; RFC 7515 §2 allows no padding, spaces or line breaks. */
function decodeBase64url(encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64url')
  return bytes.toString('base64url') === encoded ? bytes : undefined
}
