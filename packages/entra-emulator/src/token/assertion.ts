import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import { findUser } from '../directory/directory.ts'
import { v1Issuer, v2Issuer } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { TokenRequest } from './token-request.ts'

export interface AssertedUser {
  readonly userId: string
  readonly authContexts: readonly string[]
  readonly clientCapabilities: readonly string[]
}

/** The assertion must be a user's access token for the very client that presents it. */
export async function verifyAssertion(request: TokenRequest, assertion: string): Promise<AssertedUser> {
  const { emulation, tenant, client } = request
  const claims = await verifySignature(request, assertion)
  if (claims.iss !== v2Issuer(emulation.url, tenant.id) && claims.iss !== v1Issuer(tenant.id))
    throw new EntraError(50013, { detail: `Issuer: '${claims.iss}'.` })
  const audiences = [client.appId, ...client.identifierUris]
  if (typeof claims.aud !== 'string' || !audiences.includes(claims.aud))
    throw new EntraError(500131, { detail: `Assertion audience: '${claims.aud}', application: '${client.appId}'.` })
  const nowSeconds = emulation.now() / 1000
  if (claims.exp === undefined || claims.exp <= nowSeconds || (claims.nbf ?? 0) > nowSeconds + 300)
    throw new EntraError(500133)
  const oid = checkTokenKind(claims, client.appId)
  if (findUser(tenant, oid) === undefined) throw new EntraError(50020, { detail: `User '${oid}'.` })
  return { userId: oid, authContexts: strings(claims['acrs']), clientCapabilities: strings(claims['xms_cc']) }
}

/** Keys of a single application (claims mapping) are not accepted: such tokens cannot be exchanged. */
async function verifySignature({ emulation, tenant }: TokenRequest, assertion: string): Promise<JWTPayload> {
  const kid = readKid(assertion)
  const published = await emulation.keys.published(tenant.id)
  const key = published.find((candidate) => candidate.kid === kid && candidate.onlyTenantId === undefined)
  if (key === undefined) throw new EntraError(50013, { detail: `Key: '${kid}'.` })
  const options = { algorithms: ['RS256'], currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }
  return jwtVerify(assertion, key.publicKey, options).then(
    ({ payload }) => payload,
    () => {
      throw new EntraError(50013, { detail: 'The signature does not verify.' })
    },
  )
}

function readKid(assertion: string): string | undefined {
  try {
    return decodeProtectedHeader(assertion).kid
  } catch {
    throw new EntraError(50027, { detail: 'assertion.' })
  }
}

function checkTokenKind(claims: JWTPayload, clientId: string): string {
  const oid = claims['oid']
  const requester = claims['azp'] ?? claims['appid']
  if (requester === undefined) throw new EntraError(240002)
  const appOnly = claims['idtyp'] === 'app' || (claims['scp'] === undefined && claims.sub === oid)
  if (appOnly) throw new EntraError(7000114, { detail: `Application '${clientId}'.` })
  if (typeof oid !== 'string' || typeof claims['scp'] !== 'string')
    throw new EntraError(50013, { detail: 'Claims are missing.' })
  return oid
}

const strings = (claim: unknown): string[] =>
  Array.isArray(claim) ? claim.filter((value): value is string => typeof value === 'string') : []
