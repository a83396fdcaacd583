import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { Sealer } from '../store/sealer.ts'
import { LOGIN_MINUTES, sealLoginState } from './login-state.ts'
import type { ClientOf } from './realm-client.ts'
import type { Realm } from './realms.ts'

export interface FederatedDeps {
  readonly clientOf: ClientOf
  readonly sealer: Sealer
  readonly redirectUri: string
  readonly now: () => number
}

export interface Begun {
  /** At the identity provider. */
  readonly location: string
  /** For the browser's cookie. */
  readonly login: string
}

/** Sends somebody to their identity provider: code flow with PKCE, state and nonce, all kept by the browser alone. */
export async function beginFederated(
  realm: Realm,
  { email, returnTo }: { readonly email: string | undefined; readonly returnTo: string },
  { clientOf, sealer, redirectUri, now }: FederatedDeps,
): Promise<Begun> {
  const client = await clientOf(realm)
  const [state, nonce, codeVerifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
  const url = buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(email !== undefined && { login_hint: email }),
  })
  const { issuerKey, clientId } = realm
  const expiresAt = now() + LOGIN_MINUTES * 60_000
  const login = sealLoginState(sealer, { issuerKey, clientId, state, nonce, codeVerifier, returnTo, expiresAt })
  return { location: url.href, login }
}
