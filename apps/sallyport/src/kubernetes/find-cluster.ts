import type { KubernetesCluster } from '@sallyport/verifier'
import type { Cluster } from '../config/clusters-section.ts'

export type Clusters = ReadonlyMap<string, Cluster>

/** The cluster, when there is one of this name and the teamspace may have its tokens reviewed there. */
export function findCluster(clusters: Clusters, name: string, slug: string): KubernetesCluster | undefined {
  const cluster = clusters.get(name)
  return cluster && mayUse(cluster, slug) ? cluster.api : undefined
}

export const clusterNames = (clusters: Clusters, slug: string): string[] =>
  [...clusters].filter(([, cluster]) => mayUse(cluster, slug)).map(([name]) => name)

const mayUse = ({ teamspaces }: Cluster, slug: string) => teamspaces === undefined || teamspaces.includes(slug)
