import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { EntraError } from '../entra-error.ts'

/** Read, and not yet believed. */
export interface DecodedAssertion {
  readonly jwt: string
  readonly header: { readonly alg?: string; readonly kid?: string; readonly [member: string]: unknown }
  readonly payload: JWTPayload
}

export function decodeAssertion(jwt: string): DecodedAssertion {
  try {
    return { jwt, header: decodeProtectedHeader(jwt), payload: decodeJwt(jwt) }
  } catch {
    throw new EntraError(50027, { error: 'invalid_client', status: 401, detail: 'client_assertion.' })
  }
}
