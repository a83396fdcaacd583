import { checkCluster, type KubernetesCluster } from './cluster.ts'

const MODES = ['auto', 'oidc', 'tokenreview', 'both'] as const

/** One cluster and one audience whose tokens are accepted for a teamspace. */
export interface KubernetesConnection {
  readonly teamspaceId: string
  readonly cluster: KubernetesCluster
  /** What a token must be for. Sent in the review and looked for in its answer. */
  readonly audience: string
  /**
   * `oidc`: signature and claims, by the issuer's keys, with no call to the cluster. `tokenreview`: the API server says.
   * `both`: first the one, then the other, and both must name the same user. `auto`: `oidc` with an issuer, else `tokenreview`.
   * None ever stands in for another.
   */
  readonly verify: (typeof MODES)[number]
  /** Exactly as tokens and discovery spell it. `oidc` and `both` need it. */
  readonly issuer?: string
  /** A scope that `oidc` and `both` ask for. Tokens of service accounts have none, so none is asked for unless told. */
  readonly requiredScope?: string | null
  /** Users other than service accounts are refused unless this is set. */
  readonly acceptUsers?: boolean
  /**
   * `audience` is the API server's own, and it may be one that names no audiences in its answer. Whoever may call the
   * Kubernetes API may then call us.
   */
  readonly audienceIsApiServers?: boolean
}

export type VerifyMode = Exclude<KubernetesConnection['verify'], 'auto'>

/** Throws unless the connection can be used. There is no connection without an audience. */
export function checkKubernetesConnection(connection: KubernetesConnection): void {
  const { teamspaceId, cluster, audience, verify, issuer } = connection
  if (!isWord(teamspaceId)) throw new TypeError('A Kubernetes connection needs a teamspaceId')
  checkCluster(cluster)
  if (!isWord(audience)) throw new TypeError(`The connection to cluster ${cluster.name} needs an audience`)
  if (!MODES.includes(verify)) throw new TypeError(`verify must be one of ${MODES.join(', ')}`)
  if (issuer === undefined && (verify === 'oidc' || verify === 'both')) {
    throw new TypeError(`The connection to cluster ${cluster.name} needs an issuer to verify by ${verify}`)
  }
}

const isWord = (value: unknown) => typeof value === 'string' && value.trim() !== '' && value.length <= 2048

export const modeOf = ({ verify, issuer }: KubernetesConnection): VerifyMode =>
  verify !== 'auto' ? verify : issuer === undefined ? 'tokenreview' : 'oidc'
