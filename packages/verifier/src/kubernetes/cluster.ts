import { readFile } from 'node:fs/promises'
import { isSecureUrl } from '../secure-url.ts'
import type { Awaitable } from '../when-ready.ts'

/** An API server that is asked for TokenReviews. */
export interface KubernetesCluster {
  /** Part of the issuer of what is verified: two clusters never share a name. */
  readonly name: string
  /** Base URL of the API server, https (http on loopback only); an IPv6 host in brackets. Tokens are sent nowhere else. */
  readonly server: string
  /** Our own credential for the review. Asked for each review, since service-account tokens rotate. */
  readonly credential: () => Awaitable<string>
  /** PEM of the authority that signed the API server's certificate, asked for each review. Undefined: Node's own roots. */
  readonly ca?: () => Awaitable<string>
  /** For the whole of a review; 10 unless told, at most 60. */
  readonly timeoutSeconds?: number
}

export interface FileCluster extends Pick<KubernetesCluster, 'name' | 'server' | 'timeoutSeconds'> {
  readonly tokenFile: string
  readonly caFile?: string
}

export interface InClusterFiles {
  readonly tokenFile?: string
  readonly caFile?: string
}

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A cluster whose credential and authority are files, as secrets and projected tokens are. They are read for each review. */
export function fileCluster({ tokenFile, caFile, ...cluster }: FileCluster): KubernetesCluster {
  return {
    ...cluster,
    credential: async () => (await readFile(tokenFile, 'utf8')).trim(),
    ...(caFile !== undefined && { ca: () => readFile(caFile, 'utf8') }),
  }
}

/**
 * The cluster that this process runs in, by the variables and files that every pod has.
 *
 * ```ts
 * const cluster = inClusterCluster(process.env)
 * ```
 */
export function inClusterCluster(
  env: Readonly<Record<string, string | undefined>>,
  { tokenFile = `${MOUNT}/token`, caFile = `${MOUNT}/ca.crt` }: InClusterFiles = {},
): KubernetesCluster {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port) {
    throw new TypeError('Not in a Kubernetes cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set')
  }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return fileCluster({ name: 'in-cluster', server, tokenFile, caFile })
}

/** Throws unless the cluster can be asked. */
export function checkCluster({ name, server, timeoutSeconds = 10 }: KubernetesCluster): void {
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(name)) {
    throw new TypeError(`The name of a cluster is letters, digits, dots, dashes and underscores: ${name}`)
  }
  if (typeof server !== 'string' || !isSecureUrl(server) || !isBase(new URL(server))) {
    throw new TypeError(`The server of cluster ${name} must be an https URL (http only on loopback) without query`)
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 60)) {
    throw new RangeError(`timeoutSeconds of cluster ${name} must be more than 0 and at most 60`)
  }
}

const isBase = ({ search, hash, username, password }: URL) => `${search}${hash}${username}${password}` === ''
