import { authenticateClient } from '../clients/authenticate-client.ts'
import { MFA_CONTEXT, parseClaims } from '../claims-parameter.ts'
import { EntraError } from '../entra-error.ts'
import type { SignIn } from '../grants.ts'
import type { User } from '../seed.ts'
import { getUsableUser } from '../sign-in-checks.ts'
import { verifyAssertion } from './assertion.ts'
import { checkConfidential, type TokenRequest } from './token-request.ts'
import { respondForUser, type TokenResponse } from './token-response.ts'

/** RFC 7523 with Entra's `requested_token_use=on_behalf_of`. */
export async function actOnBehalf(request: TokenRequest): Promise<TokenResponse> {
  const { emulation, tenant, client, form } = request
  const assertion = form.get('assertion')
  const scope = form.get('scope')
  if (form.get('requested_token_use') !== 'on_behalf_of')
    throw new EntraError(90023, { detail: 'requested_token_use must be on_behalf_of.' })
  checkConfidential(request, 7000218)
  const proof = await authenticateClient(emulation, tenant, client, request.credentials)
  const { userId, authContexts, clientCapabilities } = await verifyAssertion(request, assertion)
  const user = getUsableUser(tenant, client, userId)
  checkMfa(user, authContexts)
  const declared = parseClaims(form.find('claims')).clientCapabilities
  const signIn: SignIn = {
    userId,
    authTimeMs: emulation.now(),
    authContexts,
    clientCapabilities: declared.length > 0 ? declared : clientCapabilities,
  }
  return respondForUser({ request, proof, user, signIn, scope, platform: 'web', startedAtMs: emulation.now() })
}

/** The challenge that the client must bring to `/authorize` (`claims`) so that the user steps up. */
const CHALLENGE = JSON.stringify({ access_token: { acrs: { essential: true, value: MFA_CONTEXT } } })

function checkMfa(user: User, authContexts: readonly string[]): void {
  if (user.mfaRequired === false || authContexts.includes(MFA_CONTEXT)) return
  throw new EntraError(user.mfaRequired === 'unregistered' ? 50079 : 50076, { claims: CHALLENGE })
}
