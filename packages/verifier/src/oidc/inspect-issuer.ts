import { VerificationFault } from '../fault.ts'
import { fetchJson } from '../fetch-json.ts'
import { toSigningKeys, type SigningKeys } from '../jwt/signing-key.ts'
import { ALGORITHMS } from '../jwt/verify-signature.ts'
import { discoverKeysUrl, IssuerMismatch } from './discovery.ts'

/** What asking an issuer for its metadata and keys showed. */
export type IssuerInspection =
  | { readonly outcome: 'ok'; readonly keyCount: number; readonly algorithms: readonly string[] }
  | { readonly outcome: 'issuer_mismatch'; readonly expected: string; readonly presented: string }
  | { readonly outcome: 'no_usable_keys'; readonly says: string }
  | { readonly outcome: 'unreachable'; readonly says: string }

export interface InspectOptions {
  readonly fetch?: typeof globalThis.fetch
  readonly timeoutSeconds?: number
}

const MAX_BYTES = 1024 * 1024

/** Asks for all that verifying a token of this issuer would need, in the same way, and says what is in the way. */
export async function inspectIssuer(
  { issuer, keysUrl }: { readonly issuer: string; readonly keysUrl?: string },
  { fetch = globalThis.fetch, timeoutSeconds = 5 }: InspectOptions = {},
): Promise<IssuerInspection> {
  let keySet: { status: number; body?: unknown }
  let url = keysUrl
  try {
    url ??= await discoverKeysUrl(issuer, { fetch, timeoutSeconds })
    keySet = await fetchJson(url, { fetch, timeoutSeconds, maxBytes: MAX_BYTES })
  } catch (error) {
    if (error instanceof IssuerMismatch) {
      return { outcome: 'issuer_mismatch', expected: error.expected, presented: error.presented }
    }
    return { outcome: 'unreachable', says: `${url ?? issuer} ${reasonOf(error)}` }
  }
  if (keySet.status !== 200) return { outcome: 'unreachable', says: `${url} answered ${keySet.status}` }
  return judgeKeys(keySet.body)
}

function judgeKeys(jwks: unknown): IssuerInspection {
  let keys: SigningKeys
  try {
    keys = toSigningKeys(jwks, ALGORITHMS)
  } catch (error) {
    return { outcome: 'no_usable_keys', says: (error as Error).message }
  }
  const usable = [...keys.values()].filter((key) => key !== 'ambiguous')
  if (usable.length === 0) return { outcome: 'no_usable_keys', says: 'All keys share a kid with another' }
  const algorithms = new Set<string>(usable.flatMap((key) => key.algorithms))
  return { outcome: 'ok', keyCount: usable.length, algorithms: ALGORITHMS.filter((name) => algorithms.has(name)) }
}

/** Never the body of an answer: whoever may test an address must not read what is there. */
function reasonOf(error: unknown): string {
  if (error instanceof VerificationFault) return `does not work: ${error.message}`
  if (!(error instanceof Error)) return 'could not be reached'
  if (error.name === 'TimeoutError') return 'did not answer in time'
  if (error instanceof SyntaxError) return 'answered without JSON'
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } }
  if (/redirect/i.test(String(cause?.message))) return 'answered with a redirect'
  return typeof cause?.code === 'string' ? `could not be reached (${cause.code})` : 'could not be reached'
}
