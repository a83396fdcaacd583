import { BoundedMap } from '../bounded-map.ts'
import { deny, denyClaim, isDenied, type Denial } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { checkHeader } from '../jwt/access-token-header.ts'
import type { CompactJwt } from '../jwt/compact-jwt.ts'
import { KeySet, type KeySetOptions } from '../jwt/key-set.ts'
import type { SigningKey } from '../jwt/signing-key.ts'
import { checkTolerance, type Clock } from '../jwt/times.ts'
import { ALGORITHMS, isSignedBy, type Algorithm } from '../jwt/verify-signature.ts'
import type { TokenCacheOptions } from '../token-cache.ts'
import { rememberingVerifier, type JwtProof, type TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { whenReady, type Awaitable } from '../when-ready.ts'
import { chooseConnection, judgeOidcClaims } from './claims.ts'
import { checkOidcConnection, toOidcSource, type OidcConnection, type OidcConnectionSource } from './connection.ts'
import { discoverKeysUrl } from './discovery.ts'

export interface OidcVerifierOptions {
  readonly connections: readonly OidcConnection[] | OidcConnectionSource
  /** Fetches metadata and keys of configured issuers: the place to guard outbound traffic. */
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Between the identity provider's clock and ours; 60 unless told, at most 300. */
  readonly clockToleranceSeconds?: number
  /** All of RS256 … RS512, PS256 … PS512, ES256 … ES512 and EdDSA unless told. */
  readonly algorithms?: readonly Algorithm[]
  readonly tokenCache?: TokenCacheOptions
  readonly keySetOptions?: Omit<KeySetOptions, 'fetch' | 'now' | 'algorithms'>
}

export type OidcVerifier = TokenVerifier<VerifiedToken<'oidc'>>

interface Deps {
  readonly source: OidcConnectionSource
  readonly algorithms: readonly Algorithm[]
  readonly keySetOf: (connection: OidcConnection) => KeySet
  readonly clock: () => Clock
}

type Outcome = VerifiedToken<'oidc'> | Denial

/**
 * Verifies JWT access tokens of any OpenID Connect issuer that it is given a connection to.
 *
 * ```ts
 * const issuer = 'https://id.example/realms/acme'
 * const connection = { teamspaceId: 'acme', issuer, audience: 'https://mcp.example/mcp', requiredScope: 'mcp.access' }
 * const verifier = createOidcVerifier({ connections: [connection] })
 * const outcome = await verifier.verify(accessToken)
 * if (!isDenied(outcome)) console.log(outcome.issuer, outcome.subject)
 * ```
 */
export function createOidcVerifier(options: OidcVerifierOptions): OidcVerifier {
  return rememberingVerifier(createOidcProof(options).prove, options.now ?? Date.now, options.tokenCache)
}

export interface OidcProof {
  readonly prove: JwtProof<VerifiedToken<'oidc'>>
  /** The connections to this issuer. Rejects or throws when that cannot be told. */
  readonly find: (issuer: unknown) => Awaitable<readonly OidcConnection[]>
}

export function createOidcProof(options: OidcVerifierOptions): OidcProof {
  const { now = Date.now, algorithms = ALGORITHMS, clockToleranceSeconds: toleranceSeconds = 60 } = options
  checkTolerance(toleranceSeconds)
  const unknown = algorithms.filter((algorithm) => !ALGORITHMS.includes(algorithm))
  if (unknown.length > 0 || algorithms.length === 0) throw new TypeError(`Not an accepted algorithm: ${unknown.join()}`)
  const deps: Deps = {
    source: toOidcSource(options.connections),
    algorithms,
    keySetOf: createKeySets(options, algorithms, now),
    clock: () => ({ nowSeconds: now() / 1000, toleranceSeconds }),
  }
  return {
    prove: (jwt) => proveToken(jwt, deps),
    find: (issuer) => (isIssuer(issuer) ? askSource(deps.source, issuer) : []),
  }
}

/** One key set an issuer; only issuers of a connection are ever asked. */
function createKeySets(options: OidcVerifierOptions, algorithms: readonly Algorithm[], now: () => number) {
  const { fetch = globalThis.fetch, keySetOptions } = options
  const { timeoutSeconds = 5 } = keySetOptions ?? {}
  const keySets = new BoundedMap<KeySet>(10_000)
  return ({ issuer, keysUrl }: OidcConnection) => {
    const key = keysUrl === undefined ? `issuer ${issuer}` : `keys ${keysUrl}`
    let keySet = keySets.get(key)
    if (!keySet) {
      const where = keysUrl ?? (() => discoverKeysUrl(issuer, { fetch, timeoutSeconds }))
      keySets.set(key, (keySet = new KeySet(where, { ...keySetOptions, fetch, now, algorithms })))
    }
    return keySet
  }
}

/** Nothing of the token reaches a URL: what is fetched belongs to the connection that its `iss` and `aud` were found in. */
function proveToken(jwt: CompactJwt, deps: Deps): Awaitable<Outcome> {
  const header = checkHeader(jwt.header, deps.algorithms)
  if (isDenied(header)) return header

  return whenReady(findConnection(jwt, deps), (connection) => {
    if (isDenied(connection)) return connection
    return whenReady(deps.keySetOf(connection).find(header.kid), (key) => judge(jwt, connection, key, deps))
  })
}

function findConnection({ payload: { iss, aud } }: CompactJwt, deps: Deps): Awaitable<OidcConnection | Denial> {
  if (!isIssuer(iss)) return denyClaim('iss', iss)
  return whenReady(askSource(deps.source, iss), (connections) =>
    connections.length === 0 ? denyClaim('iss', iss) : chooseConnection(aud, connections),
  )
}

const isIssuer = (iss: unknown): iss is string => typeof iss === 'string' && iss !== '' && iss.length <= 2048

function askSource(source: OidcConnectionSource, issuer: string): Awaitable<readonly OidcConnection[]> {
  const fault = (cause: unknown): never => {
    if (cause instanceof VerificationFault) throw cause
    throw new VerificationFault('connections_unavailable', 'The connection could not be looked up', { cause })
  }
  const check = (connections: readonly OidcConnection[]) => {
    for (const connection of connections) {
      checkOidcConnection(connection)
      if (connection.issuer !== issuer) throw new TypeError('The source answered with another issuer')
    }
    return connections
  }
  try {
    const found = source.find(issuer)
    return found instanceof Promise ? found.then(check).catch(fault) : check(found)
  } catch (cause) {
    return fault(cause)
  }
}

function judge(jwt: CompactJwt, connection: OidcConnection, key: SigningKey | undefined, deps: Deps): Outcome {
  const algorithm = jwt.header['alg'] as Algorithm
  if (!key) return deny({ code: 'token_invalid', detail: 'no key with this kid' })
  if (!key.algorithms.includes(algorithm)) return deny({ code: 'token_invalid', detail: 'alg is not that of the key' })
  if (!mayKeySign(key, jwt, connection)) return denyClaim('iss', connection.issuer, key.issuer)
  if (!isSignedBy(jwt, algorithm, key.publicKey)) return deny({ code: 'signature_invalid' })
  return judgeOidcClaims(jwt, connection, deps.clock())
}

/** Entra's tenants share keys, and a key says whose tokens it may sign; that holds for Entra as a plain issuer too. */
function mayKeySign({ issuer }: SigningKey, { payload }: CompactJwt, connection: OidcConnection): boolean {
  if (issuer === undefined) return true
  const tenantId = typeof payload['tid'] === 'string' ? payload['tid'] : ''
  return issuer.replace('{tenantid}', () => tenantId) === connection.issuer
}
