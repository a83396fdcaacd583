import { randomBytes } from 'node:crypto'
import { nowSeconds, v2Issuer, type Emulation } from '../emulation.ts'
import type { SignIn } from '../grants.ts'
import type { AppRegistration, Tenant, User } from '../seed.ts'
import { pairwiseSubject } from './access-token.ts'
import { groupClaims } from './group-claims.ts'
import { sign } from './sign.ts'

const LIFETIME_SECONDS = 3600

export interface IdTokenRequest {
  readonly tenant: Tenant
  readonly client: AppRegistration
  readonly user: User
  readonly signIn: SignIn
  readonly oidc: readonly string[]
  readonly nonce?: string
}

export async function issueIdToken(emulation: Emulation, request: IdTokenRequest): Promise<string> {
  const { tenant, client, user, signIn, oidc, nonce } = request
  const iat = nowSeconds(emulation)
  const wanted = client.optionalClaims.idToken.map((claim) => claim.name)
  const email = user.mail !== null && (oidc.includes('email') || wanted.includes('email')) && { email: user.mail }
  const profile = oidc.includes('profile') && { name: user.displayName, preferred_username: user.userPrincipalName }
  const claims = {
    aud: client.appId,
    iss: v2Issuer(emulation.url, tenant.id),
    iat,
    nbf: iat,
    exp: iat + LIFETIME_SECONDS,
    ver: '2.0',
    tid: tenant.id,
    ...(oidc.includes('profile') && { oid: user.id }),
    sub: pairwiseSubject(tenant, client, user),
    ...profile,
    ...email,
    ...(nonce !== undefined && { nonce }),
    ...(wanted.includes('acct') && { acct: user.guest ? 1 : 0 }),
    ...(wanted.includes('auth_time') && { auth_time: Math.floor(signIn.authTimeMs / 1000) }),
    ...groupClaims(tenant, client, user),
    uti: randomBytes(16).toString('base64url'),
    rh: `1.${randomBytes(30).toString('base64url')}.`,
  }
  return sign(await emulation.keys.signing(tenant.id), claims)
}
