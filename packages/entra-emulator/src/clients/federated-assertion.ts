import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { AppRegistration } from '../seed.ts'
import type { DecodedAssertion } from './decoded-assertion.ts'

const FETCH_TIMEOUT_MS = 5000
const MAX_DOCUMENT_BYTES = 1024 * 1024

const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.url() })
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) })

/** Workload identity federation: issuer, subject and audience must match one registered credential exactly. */
export async function verifyFederatedAssertion(
  { now }: Emulation,
  client: AppRegistration,
  { jwt, payload }: DecodedAssertion,
): Promise<void> {
  const { iss, sub, aud } = payload
  const ofIssuer = client.federatedCredentials.filter((credential) => credential.issuer === iss)
  if (iss === undefined || ofIssuer.length === 0) throw new EntraError(700211, { detail: `Presented: '${iss}'.` })
  const ofSubject = ofIssuer.filter((credential) => credential.subject === sub)
  if (ofSubject.length === 0) {
    const isMiscased = ofIssuer.some(({ subject }) => subject.toLowerCase() === sub?.toLowerCase())
    throw new EntraError(isMiscased ? 7002138 : 700213, { detail: `Presented: '${sub}'.` })
  }
  const audiences = [aud ?? []].flat()
  if (audiences.length !== 1 || !ofSubject.some((credential) => credential.audience === audiences[0]))
    throw new EntraError(700212, { detail: `Presented: '${audiences.join(' ')}'.` })

  const keys = createLocalJWKSet(await fetchKeys(iss))
  await jwtVerify(jwt, keys, { algorithms: ['RS256'], requiredClaims: ['exp'], currentDate: new Date(now()) }).catch(
    (cause: { code?: string }) => {
      const outside = cause.code === 'ERR_JWT_EXPIRED' || cause.code === 'ERR_JWT_CLAIM_VALIDATION_FAILED'
      if (cause.code === 'ERR_JWKS_NO_MATCHING_KEY') throw new EntraError(7000272)
      throw new EntraError(outside ? 700024 : 700027)
    },
  )
}

/** Only ever called with an issuer that the seed names, so nobody can point it elsewhere. */
async function fetchKeys(issuer: string): Promise<JSONWebKeySet> {
  try {
    const metadata = metadataSchema.parse(
      await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    )
    if (metadata.issuer !== issuer) throw new Error(`metadata is of issuer ${metadata.issuer}`)
    return jwksSchema.parse(await fetchJson(metadata.jwks_uri))
  } catch (cause) {
    throw new EntraError(50166, { detail: cause instanceof Error ? cause.message : String(cause) })
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return JSON.parse(await readBounded(response, url))
}

async function readBounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`${url} is larger than ${MAX_DOCUMENT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
