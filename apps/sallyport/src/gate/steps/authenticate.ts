import { isDenied, takeBearer } from '@sallyport/verifier'
import type { VerifiedToken, Verifier } from '@sallyport/verifier'
import { advance } from '../call.ts'
import type { AuthenticatedCall, RoutedCall } from '../call.ts'
import type { Denial } from '../../outcome/denial.ts'
import type { GatewayDoor } from '../gateway/gateway-door.ts'

export interface OuterDoor {
  readonly verifier: Verifier
  readonly gateway: GatewayDoor
}

/** The outer door: one credential, one verifier, and no second opinion after a refusal. */
export function authenticate(
  call: RoutedCall,
  { verifier, gateway }: OuterDoor,
): AuthenticatedCall | Denial | Promise<AuthenticatedCall | Denial> {
  const { auth } = call.server
  if (auth.mode === 'Gateway') return gateway.authenticate(call)
  if (auth.mode === 'None')
    return advance(call, 'authenticate', { accessToken: undefined, proof: { kind: 'none' } as const })

  const accessToken = takeBearer(call.request.rawHeaders)
  if (typeof accessToken !== 'string') return accessToken
  const outcome = verifier.verify(accessToken, {
    accept: auth.accept,
    place: call.teamspace?.id,
  })
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
  return advance(call, 'authenticate', { accessToken, proof: outcome })
}
