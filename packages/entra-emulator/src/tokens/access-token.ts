import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { clientRoles, userRoles } from '../directory/directory.ts'
import { GRAPH_APP_ID } from '../directory/graph-registration.ts'
import { nowSeconds, v1Issuer, v2Issuer, type Emulation } from '../emulation.ts'
import type { SignIn } from '../grants.ts'
import type { AppRegistration, Tenant, User } from '../seed.ts'
import { groupClaims } from './group-claims.ts'
import { sign, signForGraph } from './sign.ts'

/** How the client proved itself: `azpacr`, and `appidacr` in v1. */
export type ClientProof = 'none' | 'secret' | 'certificate'
const ACR: Record<ClientProof, string> = { none: '0', secret: '1', certificate: '2' }

export interface AccessTokenRequest {
  readonly tenant: Tenant
  readonly client: AppRegistration
  readonly proof: ClientProof
  readonly resource: AppRegistration
  readonly identifier: string
  /** Absent: the client acts for itself. */
  readonly onBehalfOf?: { readonly user: User; readonly signIn: SignIn; readonly scopes: readonly string[] }
}

export interface IssuedToken {
  readonly token: string
  readonly expiresInSeconds: number
}

/** Pairwise: one user has another `sub` at each application. */
export const pairwiseSubject = (tenant: Tenant, app: AppRegistration, user: User): string =>
  createHash('sha256').update(`${tenant.id} ${app.appId} ${user.id}`).digest('base64url')

/** Entra draws 60 to 90 minutes, so that clients do not come back all at once. */
const lifetimeSeconds = (tenant: Tenant): number => tenant.tokenLifetimeSeconds ?? randomInt(3600, 5400)

export async function issueAccessToken(emulation: Emulation, request: AccessTokenRequest): Promise<IssuedToken> {
  const { tenant, resource } = request
  const expiresInSeconds = lifetimeSeconds(tenant)
  const iat = nowSeconds(emulation)
  const times = { iat, nbf: iat, exp: iat + expiresInSeconds }
  const version = resource.requestedAccessTokenVersion === 2 ? v2Claims(emulation, request) : v1Claims(request)
  const claims = {
    ...version,
    ...times,
    ...(request.onBehalfOf ? userClaims(request) : appClaims(request)),
    ...opaque(),
  }
  const key = await emulation.keys.signing(tenant.id, resource.customSigningKeys ? resource.appId : undefined)
  if (resource.appId === GRAPH_APP_ID) return { token: await signForGraph(key, claims), expiresInSeconds }
  const header = resource.requestedAccessTokenVersion === 2 ? {} : { x5t: key.x5t }
  return { token: await sign(key, claims, header), expiresInSeconds }
}

function v2Claims({ url }: Emulation, { tenant, client, proof, resource, onBehalfOf }: AccessTokenRequest): JWTPayload {
  const user = onBehalfOf?.user
  return {
    aud: resource.appId,
    iss: v2Issuer(url, tenant.id),
    ver: '2.0',
    azp: client.appId,
    azpacr: ACR[proof],
    ...(user !== undefined && { name: user.displayName, preferred_username: user.userPrincipalName }),
  }
}

function v1Claims({ tenant, client, proof, identifier, onBehalfOf }: AccessTokenRequest): JWTPayload {
  const user = onBehalfOf?.user
  return {
    aud: identifier,
    iss: v1Issuer(tenant.id),
    ver: '1.0',
    appid: client.appId,
    appidacr: ACR[proof],
    ...(user !== undefined && { name: user.displayName, unique_name: user.userPrincipalName, amr: ['pwd'] }),
    ...(user !== undefined && !user.guest && { upn: user.userPrincipalName }),
    ...(user === undefined && { idp: v1Issuer(tenant.id) }),
  }
}

function userClaims({ tenant, resource, onBehalfOf }: AccessTokenRequest): JWTPayload {
  if (onBehalfOf === undefined) return {}
  const { user, signIn, scopes } = onBehalfOf
  const roles = userRoles(tenant, resource, user)
  return {
    tid: tenant.id,
    oid: user.id,
    sub: pairwiseSubject(tenant, resource, user),
    scp: scopes.join(' '),
    ...(roles.length > 0 && { roles }),
    ...(signIn.authContexts.length > 0 && { acrs: signIn.authContexts }),
    ...(user.guest && { idp: 'https://emulator.example/guests' }),
    ...groupClaims(tenant, resource, user),
    ...optionalUserClaims(resource, user, signIn),
  }
}

function optionalUserClaims(resource: AppRegistration, user: User, signIn: SignIn): JWTPayload {
  const wanted = new Map(resource.optionalClaims.accessToken.map((claim) => [claim.name, claim.additionalProperties]))
  return {
    ...(wanted.get('idtyp')?.includes('include_user_token') && { idtyp: 'user' }),
    ...(wanted.has('acct') && { acct: user.guest ? 1 : 0 }),
    ...(wanted.has('email') && user.mail !== null && { email: user.mail }),
    ...(wanted.has('upn') && { upn: user.userPrincipalName }),
    ...(wanted.has('auth_time') && { auth_time: Math.floor(signIn.authTimeMs / 1000) }),
    ...(wanted.has('xms_cc') && signIn.clientCapabilities.length > 0 && { xms_cc: signIn.clientCapabilities }),
  }
}

/** App-only: no `scp`, and `sub` equals `oid`, the service principal. */
function appClaims({ tenant, client, resource }: AccessTokenRequest): JWTPayload {
  const roles = clientRoles(resource, client)
  const idtyp = resource.optionalClaims.accessToken.some((claim) => claim.name === 'idtyp')
  return {
    tid: tenant.id,
    oid: client.objectId,
    sub: client.objectId,
    ...(roles.length > 0 && { roles }),
    ...(idtyp && { idtyp: 'app' }),
  }
}

/** Opaque to everybody; `uti` names the token in sign-in logs. */
const opaque = (): JWTPayload => ({
  aio: randomBytes(24).toString('base64url'),
  rh: `1.${randomBytes(30).toString('base64url')}.`,
  uti: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url'),
})
