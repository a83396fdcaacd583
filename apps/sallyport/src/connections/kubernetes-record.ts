import { createFetchFor } from '../kubernetes/cluster-fetch.ts'
import type { Fetches, FetchFor } from '../kubernetes/cluster-fetch.ts'
import { clusterNames, findCluster } from '../kubernetes/find-cluster.ts'
import type { Clusters } from '../kubernetes/find-cluster.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { Config } from '../config/config.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'

/** What the operator's configuration says of connections to clusters. */
export interface KubernetesRules {
  readonly clusters: Clusters
  readonly fetchFor: FetchFor
  /** What tokens of a teamspace are for, where its connection does not say. */
  audienceFor(slug: string): string
}

type Settings = Pick<Config, 'publicUrl' | 'clusters' | 'kubernetes' | 'servers' | 'defaultServer' | 'defaultTeamspace'>

export function kubernetesRules(config: Settings, fetches: Fetches): KubernetesRules {
  const { publicUrl, clusters, servers, defaultServer, defaultTeamspace } = config
  const { path } = servers.find(({ name }) => name === defaultServer)!
  return {
    clusters,
    fetchFor: createFetchFor(config, fetches),
    // Each teamspace has its own, since a token for one of them must be worth nothing at another.
    audienceFor: (slug) => `${publicUrl}${slug === defaultTeamspace ? '' : `/t/${slug}`}${path}`,
  }
}

export const NO_CLUSTERS: KubernetesRules = { clusters: new Map(), fetchFor: () => fetch, audienceFor: () => '' }

/** The settings with their audience, when the teamspace may use the cluster. */
export function completeKubernetes<Settings extends Pick<KubernetesSettings, 'cluster' | 'audience'>>(
  settings: Settings,
  slug: string,
  { clusters, audienceFor }: KubernetesRules,
): (Settings & { readonly audience: string }) | Refusal {
  if (findCluster(clusters, settings.cluster, slug))
    return { ...settings, audience: settings.audience ?? audienceFor(slug) }
  const names = clusterNames(clusters, slug)
  const none = 'is not declared: clusters of sallyport.yaml has none for this teamspace'
  return refuse({
    code: 'invalid',
    field: 'cluster',
    says: names.length > 0 ? `must be one of ${names.join(', ')}` : none,
  })
}
