import { deny, isDenied, type Denial } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { checkHeader } from '../jwt/access-token-header.ts'
import type { CompactJwt } from '../jwt/compact-jwt.ts'
import type { KeySetOptions } from '../jwt/key-set.ts'
import type { SigningKey } from '../jwt/signing-key.ts'
import { checkTolerance } from '../jwt/times.ts'
import { isSignedBy } from '../jwt/verify-signature.ts'
import type { TokenCacheOptions } from '../token-cache.ts'
import { rememberingVerifier, type JwtProof, type TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { whenReady, type Awaitable } from '../when-ready.ts'
import { judgeClaims, readAddress, type Address } from './claims.ts'
import { checkClouds, ENTRA_CLOUDS, entraIssuer, type EntraClouds } from './clouds.ts'
import type { EntraConnection, EntraConnectionSource } from './connection.ts'
import { toEntraAudience } from './identifiers.ts'
import { createEntraKeySets, mayKeySign, type EntraKeySets } from './key-sets.ts'

export interface EntraVerifierOptions {
  readonly connections: EntraConnectionSource
  readonly clouds?: EntraClouds
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Between Entra's clock and ours; 60 unless told, at most 300. */
  readonly clockToleranceSeconds?: number
  readonly tokenCache?: TokenCacheOptions
  readonly keySetOptions?: Omit<KeySetOptions, 'fetch' | 'now' | 'algorithms'>
}

export type EntraVerifier = TokenVerifier<VerifiedToken<'entra'>>

interface Deps {
  readonly connections: EntraConnectionSource
  readonly clouds: EntraClouds
  readonly keySets: EntraKeySets
  readonly now: () => number
  readonly toleranceSeconds: number
}

type Outcome = VerifiedToken<'entra'> | Denial

/**
 * Verifies Microsoft Entra v2 access tokens of the connections it is given.
 *
 * ```ts
 * const verifier = createEntraVerifier({ connections: localSource([connection]) })
 * const outcome = await verifier.verify(accessToken)
 * if (isDenied(outcome)) console.log(outcome.denied.code)
 * else console.log(outcome.tenantId, outcome.subject)
 * ```
 */
export function createEntraVerifier(options: EntraVerifierOptions): EntraVerifier {
  return rememberingVerifier(createEntraProof(options), options.now ?? Date.now, options.tokenCache)
}

export function createEntraProof(options: EntraVerifierOptions): JwtProof<VerifiedToken<'entra'>> {
  const { connections, clouds = ENTRA_CLOUDS, fetch = globalThis.fetch, now = Date.now } = options
  const { clockToleranceSeconds: toleranceSeconds = 60 } = options
  checkClouds(clouds)
  checkTolerance(toleranceSeconds)
  const keySets = createEntraKeySets({ ...options.keySetOptions, fetch, now })
  const deps: Deps = { connections, clouds, keySets, now, toleranceSeconds }
  return (jwt) => proveToken(jwt, deps)
}

/** Nothing of the token reaches a URL before a connection of ours was found for it. */
function proveToken(jwt: CompactJwt, deps: Deps): Awaitable<Outcome> {
  const header = checkEntraHeader(jwt)
  if (isDenied(header)) return header
  const address = readAddress(jwt.payload, deps.clouds)
  if (isDenied(address)) return address

  return whenReady(findConnection(address, deps), (connection) => {
    if (isDenied(connection)) return connection
    return whenReady(findKey(connection, header.kid, deps), (key) => judge(jwt, connection, key, deps))
  })
}

function checkEntraHeader({ header }: CompactJwt): { kid: string } | Denial {
  const isForGraph = header['nonce'] !== undefined // its signature covers a transformed nonce: only Graph can check it
  const detail = 'This token is for Microsoft Graph; request one for the scope of your own API (api://…)'
  return isForGraph ? deny({ code: 'token_invalid', detail }) : checkHeader(header, ['RS256'])
}

function findConnection(address: Address, deps: Deps): Awaitable<EntraConnection | Denial> {
  const { cloud, tenantId, audience } = address
  return whenReady(askSource(deps.connections, tenantId, audience), (connection) => {
    if (!connection) return deny({ code: 'audience_unknown', presented: audience })
    if (isOf(connection, address)) return connection
    const [presented, expected] = [`${cloud} ${tenantId}`, `${connection.cloud} ${connection.tenantId}`]
    return deny({ code: 'claims_invalid', claim: 'iss', presented, expected })
  })
}

const isOf = (connection: EntraConnection, { cloud, tenantId, audience }: Address) =>
  connection.cloud === cloud && connection.tenantId === tenantId && toEntraAudience(connection.audience) === audience

function askSource(connections: EntraConnectionSource, tenantId: string, audience: string) {
  const fault = (cause: unknown): never => {
    if (cause instanceof VerificationFault) throw cause
    throw new VerificationFault('connections_unavailable', 'The connection could not be looked up', { cause })
  }
  try {
    const found = connections.find(tenantId, audience)
    return found instanceof Promise ? found.catch(fault) : found
  } catch (cause) {
    return fault(cause)
  }
}

const findKey = ({ cloud, tenantId, signingKeysAppId }: EntraConnection, kid: string, { clouds, keySets }: Deps) =>
  keySets.find(clouds[cloud]!, tenantId, signingKeysAppId, kid)

function judge(jwt: CompactJwt, connection: EntraConnection, key: SigningKey | undefined, deps: Deps): Outcome {
  const cloud = deps.clouds[connection.cloud]!
  if (!key) return deny({ code: 'token_invalid', detail: 'no key with this kid' })
  if (!mayKeySign(key, cloud, connection.tenantId)) {
    const expected = entraIssuer(cloud, connection.tenantId)
    return deny({ code: 'claims_invalid', claim: 'iss', presented: expected, expected: key.issuer! })
  }
  if (!isSignedBy(jwt, 'RS256', key.publicKey)) {
    return deny({ code: 'signature_invalid' })
  }
  const clock = { nowSeconds: deps.now() / 1000, toleranceSeconds: deps.toleranceSeconds }
  return judgeClaims(jwt.payload, connection, deps.clouds, clock)
}
