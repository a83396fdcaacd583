import path from 'node:path'
import { fileCluster, inClusterCluster } from '@sallyport/verifier'
import type { KubernetesCluster } from '@sallyport/verifier'
import { z } from 'zod'
import type { Environment } from './environment.ts'
import { name, secureUrl } from './setting-types.ts'

/** The name of the cluster that Sallyport itself runs in. */
export const IN_CLUSTER = 'in-cluster'

const server = secureUrl.refine(
  (text) => {
    if (!URL.canParse(text)) return true // said already
    const { search, hash, username, password } = new URL(text)
    return search + hash + username + password === ''
  },
  { error: 'must have no user information, query or fragment' },
)

const file = z.string().min(1).max(1000)

export const clustersSection = z
  .record(
    name,
    z.strictObject({
      server: server.describe('Base URL of the API server; tokens are sent there and nowhere else.'),
      tokenFile: file.describe('Our own credential for TokenReview, read for each review.'),
      caFile: file.optional().describe("PEM of the API server's authority, read for each review. Unset: Node's own."),
      timeoutSeconds: z.number().positive().max(60).optional().describe('For a whole review; 10 unless set.'),
      teamspaces: z.array(name).max(10_000).optional().describe('Slugs of those that may use it. Any, unless set.'),
    }),
  )
  .default({})

type ClustersSection = z.output<typeof clustersSection>

/** An API server that teamspaces may have their tokens reviewed by. */
export interface Cluster {
  readonly api: KubernetesCluster
  /** Undefined: any teamspace may. */
  readonly teamspaces?: readonly string[]
}

/** The declared clusters, and the one we run in unless it is declared as well. */
export function resolveClusters(
  section: ClustersSection,
  folder: string,
  env: Environment,
): ReadonlyMap<string, Cluster> {
  const clusters = new Map<string, Cluster>()
  if (env['KUBERNETES_SERVICE_HOST'] && env['KUBERNETES_SERVICE_PORT']) {
    clusters.set(IN_CLUSTER, { api: inClusterCluster(env) })
  }
  for (const [name, { server, tokenFile, caFile, timeoutSeconds, teamspaces }] of Object.entries(section)) {
    const api = fileCluster({
      name,
      server,
      tokenFile: path.resolve(folder, tokenFile),
      ...(caFile !== undefined && { caFile: path.resolve(folder, caFile) }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    })
    clusters.set(name, { api, ...(teamspaces && { teamspaces }) })
  }
  return clusters
}
