import { inspectIssuer, oidcAdvice } from '@sallyport/verifier'
import type { OidcConnectionRecord } from './connection.ts'
import type { ConnectionTest } from './test-connection.ts'

export type OidcTestTarget = Pick<OidcConnectionRecord, 'issuer' | 'keysUrl' | 'provider' | 'requiredScope'>

/** Asks the issuer for all that verifying its tokens would need. Saves nothing. */
export async function testOidcConnection(target: OidcTestTarget, issuerFetch: typeof fetch): Promise<ConnectionTest> {
  const { issuer } = target
  const result = await inspectIssuer(target, { fetch: issuerFetch })
  return result.outcome === 'ok' ? { ...result, issuer, advice: oidcAdvice(target) } : result
}
