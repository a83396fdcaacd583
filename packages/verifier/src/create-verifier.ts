import { B64_TOKEN, MAX_ACCESS_TOKEN_LENGTH } from './bearer.ts'
import { deny, denyClaim, isDenied, type Denial } from './denial.ts'
import { ENTRA_CLOUDS, entraIssuerOf, isEntraV1Issuer } from './entra/clouds.ts'
import { createEntraProof, type EntraVerifierOptions } from './entra/verifier.ts'
import { decodeCompactJwt, type CompactJwt } from './jwt/compact-jwt.ts'
import { isJsonObject, type JsonObject } from './jwt/strict-json.ts'
import { ClusterTokens } from './kubernetes/cluster-tokens.ts'
import { looksLikeMcpToken } from './mcp-token/mcp-token.ts'
import { createMcpTokenVerifier, type McpTokenVerifierOptions } from './mcp-token/verifier.ts'
import type { OidcConnection } from './oidc/connection.ts'
import { createOidcProof, type OidcProof, type OidcVerifierOptions } from './oidc/verifier.ts'
import { TokenCache, type TokenCacheOptions } from './token-cache.ts'
import { neverThrowing, type JwtProof, type TokenVerifier } from './token-verifier.ts'
import type { TokenKind, VerifiedToken } from './verified-token.ts'
import { whenReady, type Awaitable } from './when-ready.ts'

type JwtOptions<Options> = Omit<Options, 'now' | 'tokenCache'>

export interface VerifierOptions {
  /** Microsoft Entra v2 access tokens. */
  readonly entra?: JwtOptions<EntraVerifierOptions>
  /** Access tokens of any other OpenID Connect issuer. */
  readonly oidc?: JwtOptions<OidcVerifierOptions>
  /** Opaque `mcpt_` tokens. */
  readonly tokens?: Omit<McpTokenVerifierOptions, 'now'>
  /** Everything that none of the others owns: service-account tokens of a cluster. */
  readonly kubernetes?: KubernetesDoor
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly tokenCache?: TokenCacheOptions
}

/** A Kubernetes verifier, or several: which cluster is asked is told by the place that was called, never by the token. */
export interface KubernetesDoor {
  verify(accessToken: string, place?: string): Awaitable<VerifiedToken<'kubernetes'> | Denial>
  /** The teamspace whose connection at this place is for one of these audiences. */
  ownerAt?(audiences: readonly unknown[], place?: string): Awaitable<string | undefined>
  forget(): void
}

export interface VerifyContext {
  /** Kinds of credential that are accepted at the place that was called. All that the verifier knows, unless told. */
  readonly accept?: ReadonlySet<TokenKind>
  /** The place that was called, for `kubernetes`. */
  readonly place?: string | undefined
}

export interface Verifier extends TokenVerifier {
  verify(accessToken: string, context?: VerifyContext): Awaitable<VerifiedToken | Denial>
}

/** A credential and where it was presented. */
interface Presented {
  readonly accessToken: string
  /** Its hash, with the place where that has a say in who judges. */
  readonly key: string
  readonly place: string | undefined
  readonly accept: ReadonlySet<TokenKind>
  readonly cache: TokenCache
}

interface Doors {
  readonly accepted: ReadonlySet<TokenKind>
  readonly entra: { readonly prove: JwtProof<VerifiedToken<'entra'>> } | undefined
  readonly oidc: OidcProof | undefined
  readonly kubernetes: KubernetesDoor | undefined
  readonly clusterTokens: ClusterTokens
  readonly isEntra: (issuer: unknown) => boolean
}

/**
 * One endpoint for every kind of credential, by one closed table:
 *
 * | what it looks like                                  | who judges it |
 * | --------------------------------------------------- | ------------- |
 * | begins with `mcpt_`                                 | `tokens`      |
 * | a JWT with an issuer of a known Entra cloud         | `entra`       |
 * | a JWT with an issuer that `oidc` has a connection to | `oidc`        |
 * | any other JWT, or a word without dots               | `kubernetes`  |
 *
 * An issuer of `oidc` is `kubernetes`' all the same where the place's own cluster connection is for the token's audience and
 * no such connection to the issuer is of that teamspace: others cannot take a cluster's tokens by naming its issuer.
 *
 * What is not proven yet chooses nothing but the verifier, and the verifier's refusal is final: no other is asked. A kind that
 * is not accepted is refused before anything is looked up.
 *
 * ```ts
 * const verifier = createVerifier({ entra: { connections: localSource([connection]) }, tokens: { tokens } })
 * const outcome = await verifier.verify(accessToken)
 * if (!isDenied(outcome)) console.log(outcome.kind, outcome.teamspaceId)
 * ```
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { now = Date.now, kubernetes } = options
  const { clouds = ENTRA_CLOUDS } = options.entra ?? {}
  const newCache = () => new TokenCache<VerifiedToken>(now, options.tokenCache)
  // In each of them, who judges a token follows from its issuer alone. In one cache it would not: where only plain issuers are
  // accepted Entra may be one of them, and what was proven there must not be found where Entra's own verifier counts.
  const caches = { withEntra: newCache(), withoutEntra: newCache() }
  const uses = options.tokenCache?.uses ?? { hits: 0, misses: 0 }
  const clusterTokens = new ClusterTokens(now)
  const tokens = options.tokens && createMcpTokenVerifier({ ...options.tokens, now })
  const doors: Doors = {
    accepted: kindsOf(options),
    entra: options.entra && { prove: createEntraProof({ ...options.entra, now }) },
    oidc: options.oidc && createOidcProof({ ...options.oidc, now }),
    kubernetes,
    clusterTokens,
    isEntra: (issuer) => entraIssuerOf(issuer, clouds) !== undefined || isEntraV1Issuer(issuer, clouds),
  }

  function verify(accessToken: string, context: VerifyContext = {}): Awaitable<VerifiedToken | Denial> {
    const accept = context.accept ?? doors.accepted
    if (looksLikeMcpToken(accessToken)) {
      return tokens && accept.has('token') ? tokens.verify(accessToken) : kindRefused('token', accept)
    }
    if (accessToken.length > MAX_ACCESS_TOKEN_LENGTH) return decodeCompactJwt(accessToken) as Denial
    const cache = accept.has('entra') ? caches.withEntra : caches.withoutEntra
    const digest = TokenCache.keyOf(accessToken)
    // Where clusters count, the place has a say in who judges.
    const key = kubernetes && accept.has('kubernetes') ? `${digest} ${context.place ?? ''}` : digest
    const known = cache.get(key)
    // What is not accepted here is refused as if it had never been seen: a caller cannot tell what is cached.
    if (known && accept.has(known.kind)) {
      uses.hits += 1
      return known
    }

    const presented = { accessToken, key, place: context.place, accept, cache }
    if (isKnownToBeClusters(presented, doors))
      return neverThrowing(() => kubernetes!.verify(accessToken, context.place))
    uses.misses += 1
    const jwt = decodeCompactJwt(accessToken)
    return isDenied(jwt) ? jwt : neverThrowing(() => dispatch(jwt, presented, doors))
  }

  return {
    verify,
    forget() {
      caches.withEntra.forget()
      caches.withoutEntra.forget()
      clusterTokens.forget()
      kubernetes?.forget()
    },
  }
}

/** Without taking it apart: it can be nobody else's, or was found to be the cluster's a moment ago. */
const isKnownToBeClusters = (presented: Presented, { kubernetes, clusterTokens }: Doors): boolean =>
  kubernetes !== undefined &&
  presented.accept.has('kubernetes') &&
  (isOpaque(presented.accessToken) || clusterTokens.has(presented.key))

function dispatch(jwt: CompactJwt, presented: Presented, doors: Doors): Awaitable<VerifiedToken | Denial> {
  const { accessToken, key, place, cache } = presented
  const { kubernetes, clusterTokens } = doors
  const { epoch } = clusterTokens
  return whenReady(chooseKind(jwt, presented, doors), (kind) => {
    if (typeof kind !== 'string') return kind
    if (kind !== 'kubernetes') {
      return cache.verify(key, () => neverThrowing<VerifiedToken | Denial>(() => doors[kind]!.prove(jwt)))
    }
    return whenReady(kubernetes!.verify(accessToken, place), (outcome) => {
      clusterTokens.note(key, outcome, epoch)
      return outcome
    })
  })
}

/** OpenShift's `sha256~…` is one. With a dot it would be a JWT gone wrong, which is nobody's. */
const isOpaque = (accessToken: string) => !accessToken.includes('.') && B64_TOKEN.test(accessToken)

function chooseKind(
  { payload }: CompactJwt,
  { accept, place }: Pick<Presented, 'accept' | 'place'>,
  { entra, oidc, kubernetes, isEntra }: Doors,
): Awaitable<'entra' | 'oidc' | 'kubernetes' | Denial> {
  const { iss } = payload
  const [takesEntra, takesOidc] = [entra && accept.has('entra'), oidc && accept.has('oidc')]
  if (isEntra(iss)) {
    if (takesEntra) return 'entra'
    // Where Entra is connected as one plain issuer among others.
    return takesOidc ? 'oidc' : kindRefused('entra', accept)
  }
  if (kubernetes && accept.has('kubernetes')) {
    return whenReady(oidc ? oidc.find(iss) : [], (connections) =>
      whenReady(isOfCluster(payload, { connections, kubernetes, place }), (ofCluster) => {
        if (ofCluster) return 'kubernetes'
        return takesOidc ? 'oidc' : kindRefused('oidc', accept)
      }),
    )
  }
  if (takesOidc) return 'oidc'
  return takesEntra ? denyClaim('iss', iss) : kindRefused('jwt', accept)
}

interface Rivals {
  readonly connections: readonly OidcConnection[]
  readonly kubernetes: KubernetesDoor
  readonly place: string | undefined
}

/**
 * Whether the cluster of the place judges, though connections to the issuer exist. Whoever may set a connection may name any
 * issuer; what nobody else can have is the place's own connection to a cluster.
 */
function isOfCluster(
  { aud, 'kubernetes.io': bound }: JsonObject,
  { connections, kubernetes, place }: Rivals,
): Awaitable<boolean> {
  if (connections.length === 0) return true
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return whenReady(kubernetes.ownerAt?.(audiences, place), (owner) => {
    if (owner === undefined) return false
    const rivals = connections.filter(({ audience }) => audiences.includes(audience))
    if (rivals.some(({ teamspaceId = owner }) => teamspaceId === owner)) return false
    // At a path that names no teamspace the others' people may call too: of theirs are all but workloads.
    return place !== undefined || rivals.length === 0 || isJsonObject(bound)
  })
}

function kindRefused(presented: string, accept: ReadonlySet<TokenKind>): Denial {
  return deny({ code: 'credential_kind_refused', presented, expected: [...accept].join(' ') })
}

function kindsOf({ entra, oidc, tokens, kubernetes }: VerifierOptions): ReadonlySet<TokenKind> {
  const kinds = new Set<TokenKind>()
  if (entra) kinds.add('entra')
  if (oidc) kinds.add('oidc')
  if (tokens) kinds.add('token')
  if (kubernetes) kinds.add('kubernetes')
  if (kinds.size === 0) throw new TypeError('A verifier needs at least one of entra, oidc, tokens and kubernetes')
  return kinds
}
