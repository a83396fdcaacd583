import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import { GRAPH_APP_ID, graphRegistration } from '../directory/graph-registration.ts'
import { findTenant } from '../directory/tenants.ts'
import type { Emulation } from '../emulation.ts'
import type { Tenant } from '../seed.ts'
import { hashNonce } from '../tokens/sign.ts'
import { GraphError } from './graph-error.ts'

/** Who calls Graph, in which tenant, with which permissions. */
export interface GraphCaller {
  readonly tenant: Tenant
  /** Absent for an application. */
  readonly userId?: string
  readonly permissions: readonly string[]
}

const invalidToken = (message: string): GraphError => new GraphError(401, 'InvalidAuthenticationToken', message)

export async function getGraphCaller(emulation: Emulation, authorization: string | undefined): Promise<GraphCaller> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw invalidToken('Access token is empty or malformed.')
  const claims = await verify(emulation, token)
  const tenant = findTenant(emulation.seed, String(claims['tid']))
  const audiences = tenant && [GRAPH_APP_ID, ...graphRegistration(tenant).identifierUris]
  if (tenant === undefined || !audiences?.includes(String(claims.aud)))
    throw invalidToken('The token is not for Graph.')
  const { scp, roles, oid } = claims
  if (typeof scp === 'string' && typeof oid === 'string') return { tenant, userId: oid, permissions: scp.split(' ') }
  return { tenant, permissions: Array.isArray(roles) ? roles.map(String) : [] }
}

/** Only Graph knows that the signature covers the hash of the header's nonce. */
async function verify({ keys, now }: Emulation, token: string): Promise<JWTPayload> {
  try {
    const [encodedHeader = '', ...rest] = token.split('.')
    const header: Record<string, unknown> = JSON.parse(Buffer.from(encodedHeader, 'base64url').toString('utf8'))
    const signed = { ...header, ...(typeof header['nonce'] === 'string' && { nonce: hashNonce(header['nonce']) }) }
    const jwt = [Buffer.from(JSON.stringify(signed)).toString('base64url'), ...rest].join('.')
    const key = keys.findByKid(decodeProtectedHeader(token).kid ?? '')
    if (key === undefined) throw new Error('unknown kid')
    const options = { algorithms: ['RS256'], requiredClaims: ['exp', 'tid'], currentDate: new Date(now()) }
    return (await jwtVerify(jwt, key.publicKey, options)).payload
  } catch {
    throw invalidToken('The token does not verify or has expired.')
  }
}
