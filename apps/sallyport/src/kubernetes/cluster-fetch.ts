import { readFile } from 'node:fs/promises'
import { Agent, fetch as undiciFetch } from 'undici'
import type { KubernetesCluster } from '@sallyport/verifier'
import { IN_CLUSTER } from '../config/clusters-section.ts'
import type { Config } from '../config/config.ts'

export interface Fetches {
  /** For addresses of the operator's. */
  readonly fetch: typeof fetch
  /** For addresses that teamspaces name. */
  readonly issuerFetch: typeof fetch
}

/** How metadata and keys of an issuer are fetched for a connection to a cluster. */
export type FetchFor = (cluster: KubernetesCluster, issuer: string | undefined) => typeof fetch

/**
 * What operators declared may be at a private address and may have an authority of its own: the issuer of the `kubernetes`
 * section, and API servers that are issuers themselves. Any other issuer is somebody's word.
 */
export function createFetchFor({ kubernetes }: Pick<Config, 'kubernetes'>, { fetch, issuerFetch }: Fetches): FetchFor {
  const { issuer: declared, certificateAuthority: file } = kubernetes ?? {}
  const declaredFetch = file === undefined ? fetch : fetchTrusting(() => readFile(file, 'utf8'))
  return (cluster, issuer) => {
    if (issuer === undefined) return issuerFetch
    if (issuer === declared) return declaredFetch
    const { ca, server } = cluster
    const isServer = new URL(issuer).origin === new URL(server).origin
    if (ca !== undefined && (isServer || isSeenFromWithin(cluster, issuer))) return fetchTrusting(async () => ca())
    return isServer ? fetch : issuerFetch
  }
}

/**
 * A cluster may have any domain of its own, and a domain of anybody's may begin like that: it is the cluster's authority
 * that tells them apart, so without one the name means nothing.
 */
const isSeenFromWithin = ({ name }: KubernetesCluster, issuer: string): boolean =>
  name === IN_CLUSTER && /^kubernetes\.default\.svc(?:\.|$)/.test(new URL(issuer).hostname)

/** The authority is read for each fetch, of which there are few: a renewed one counts at once. */
function fetchTrusting(readAuthority: () => Promise<string>): typeof fetch {
  const trusting = async (url: string | URL, init: RequestInit = {}) => {
    const dispatcher = new Agent({ connect: { ca: await readAuthority() }, keepAliveTimeout: 1 })
    return undiciFetch(url, { ...(init as object), dispatcher })
  }
  return trusting as unknown as typeof fetch
}
