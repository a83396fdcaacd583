import { isDenied, takeBearer } from '@sallyport/verifier'
import type { EntraVerifier, VerifiedToken } from '@sallyport/verifier'
import { advance } from '../call.ts'
import type { AuthenticatedCall, RoutedCall } from '../call.ts'
import type { Denial } from '../../outcome/denial.ts'

/** The outer door: one credential, one verifier, and no second opinion after a refusal. */
export function authenticate(
  call: RoutedCall,
  verifier: EntraVerifier,
): AuthenticatedCall | Denial | Promise<AuthenticatedCall | Denial> {
  const accessToken = takeBearer(call.request.rawHeaders)
  if (typeof accessToken !== 'string') return accessToken
  const outcome = verifier.verify(accessToken)
  return outcome instanceof Promise
    ? outcome.then((later) => authenticated(call, accessToken, later))
    : authenticated(call, accessToken, outcome)
}

function authenticated(
  call: RoutedCall,
  accessToken: string,
  outcome: VerifiedToken | Denial,
): AuthenticatedCall | Denial {
  if (isDenied(outcome)) return outcome
  const { record } = call
  record.subject = outcome.subject
  record.clientId = outcome.clientId
  record.tokenId = outcome.tokenId
  return advance(call, { accessToken, token: outcome })
}
