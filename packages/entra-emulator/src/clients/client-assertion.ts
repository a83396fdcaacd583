import { X509Certificate, type KeyObject } from 'node:crypto'
import { jwtVerify, type JWTPayload } from 'jose'
import { tokenEndpoint, v2Issuer, type Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import { thumbprints } from '../keys/certificate.ts'
import type { AppRegistration, Tenant } from '../seed.ts'
import { decodeAssertion, type DecodedAssertion } from './decoded-assertion.ts'
import { verifyFederatedAssertion } from './federated-assertion.ts'

const CLOCK_TOLERANCE_SECONDS = 300
const MAX_LIFETIME_SECONDS = 24 * 3600

/** RFC 7523 §3: a JWT signed by the client's certificate, or one of an external issuer it is federated with. */
export async function verifyClientAssertion(
  emulation: Emulation,
  tenant: Tenant,
  client: AppRegistration,
  jwt: string,
): Promise<void> {
  const assertion = decodeAssertion(jwt)
  const { iss, sub } = assertion.payload
  const isOwn = iss?.toLowerCase() === client.appId
  if (!isOwn && client.federatedCredentials.length > 0) return verifyFederatedAssertion(emulation, client, assertion)
  if (!isOwn && client.certificates.length === 0) throw new EntraError(70021)
  if (!isOwn || sub?.toLowerCase() !== client.appId) throw new EntraError(700021)
  checkTimes(assertion.payload, emulation.now())
  checkAudience(assertion.payload, [tokenEndpoint(emulation.url, tenant), v2Issuer(emulation.url, tenant.id)])
  await checkSignature(assertion, getCertificateKey(client, assertion.header))
  refuseReplay(emulation, client, assertion.payload)
}

function checkTimes({ exp, nbf }: JWTPayload, nowMs: number): void {
  const now = nowMs / 1000
  const early = nbf !== undefined && nbf > now + CLOCK_TOLERANCE_SECONDS
  const endless = exp === undefined || exp > now + MAX_LIFETIME_SECONDS
  if (endless || early || exp <= now - CLOCK_TOLERANCE_SECONDS) throw new EntraError(700024)
}

function checkAudience({ aud }: JWTPayload, accepted: readonly string[]): void {
  const presented = [aud ?? []].flat()
  if (presented.length !== 1 || !accepted.includes(presented[0] ?? ''))
    throw new EntraError(700023, { detail: `Expected: ${accepted.join(' or ')}.` })
}

function getCertificateKey(client: AppRegistration, header: DecodedAssertion['header']): KeyObject {
  const certificate = client.certificates.find(({ pem }) => {
    const { x5t, x5tS256 } = thumbprints(pem)
    return header['x5t#S256'] === x5tS256 || (header['x5t#S256'] === undefined && header['x5t'] === x5t)
  })
  if (certificate === undefined)
    throw new EntraError(700027, { detail: 'No registered certificate has this thumbprint.' })
  return new X509Certificate(certificate.pem).publicKey
}

async function checkSignature({ jwt }: DecodedAssertion, key: KeyObject): Promise<void> {
  // Times were checked against the emulator's own clock; here only the signature counts.
  const options = { algorithms: ['RS256', 'PS256'], currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }
  await jwtVerify(jwt, key, options).catch(() => {
    throw new EntraError(700027, { detail: 'The signature does not verify.' })
  })
}

function refuseReplay({ grants }: Emulation, client: AppRegistration, { jti }: JWTPayload): void {
  if (jti === undefined) throw new EntraError(700027, { detail: 'The assertion has no jti.' })
  const id = `${client.appId} ${jti}`
  if (grants.assertionIds.get(id)) throw new EntraError(700027, { detail: 'The assertion was used before.' })
  grants.assertionIds.set(id, true, (MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1000)
}
