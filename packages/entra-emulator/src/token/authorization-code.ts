import { createHash } from 'node:crypto'
import { authenticateClient } from '../clients/authenticate-client.ts'
import { EntraError } from '../entra-error.ts'
import { CODE_LIFETIME_MS, type AuthorizationCode } from '../grants.ts'
import { getUsableUser } from '../sign-in-checks.ts'
import { checkPlatform, type TokenRequest } from './token-request.ts'
import { respondForUser, type TokenResponse } from './token-response.ts'

export async function redeemCode(request: TokenRequest): Promise<TokenResponse> {
  const { emulation, tenant, client, form } = request
  const code = getCode(request)
  if (form.get('redirect_uri') !== code.redirectUri) throw new EntraError(500112)
  checkVerifier(code, form.find('code_verifier'))
  checkPlatform(request, code.platform)
  const proof = await authenticateClient(emulation, tenant, client, request.credentials)
  const user = getUsableUser(tenant, client, code.userId)
  // Marked only now: a refused attempt leaves the code usable. Asked again, because proving the client took time.
  if (code.redeemed) throw new EntraError(54005)
  code.redeemed = true
  return respondForUser({
    request,
    proof,
    user,
    signIn: code,
    scope: form.find('scope') ?? code.scope,
    platform: code.platform,
    nonce: code.nonce,
    startedAtMs: emulation.now(),
  })
}

function getCode({ emulation, tenant, client, form }: TokenRequest): AuthorizationCode {
  const code = emulation.grants.codes.get(form.get('code'))
  if (code === undefined) throw new EntraError(9002313)
  if (code.tenantId !== tenant.id) throw new EntraError(700005)
  if (code.clientId !== client.appId) throw new EntraError(70000, { detail: 'The code belongs to another client.' })
  if (code.redeemed) throw new EntraError(54005)
  if (code.issuedAtMs + CODE_LIFETIME_MS <= emulation.now()) throw new EntraError(70008)
  if (emulation.grants.isRevoked(code)) throw new EntraError(50173)
  return code
}

/** RFC 7636 §4.6. */
function checkVerifier({ challenge }: AuthorizationCode, verifier: string | undefined): void {
  if (challenge === undefined && verifier === undefined) return
  if (challenge === undefined) throw new EntraError(501481, { detail: 'The code has no code_challenge.' })
  if (verifier === undefined) throw new EntraError(50148)
  const hashed = challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  if (hashed !== challenge.value) throw new EntraError(501481)
}
