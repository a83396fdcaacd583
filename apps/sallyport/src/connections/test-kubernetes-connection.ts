import { VerificationFault } from '@sallyport/verifier'
import { findCluster } from '../kubernetes/find-cluster.ts'
import { askedBy, probe } from '../kubernetes/probe.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { completeKubernetes } from './kubernetes-record.ts'
import type { KubernetesRules } from './kubernetes-record.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'
import type { ConnectionTest } from './test-connection.ts'

interface Options {
  readonly kubernetes: KubernetesRules
  readonly now: () => number
}

/** Asks the cluster, its issuer, or both, as calls will. Saves nothing. */
export async function testKubernetesConnection(
  settings: Omit<KubernetesSettings, 'jit'>,
  slug: string,
  { kubernetes, now }: Options,
): Promise<ConnectionTest | Refusal> {
  const complete = completeKubernetes(settings, slug, kubernetes)
  if (isRefused(complete)) return complete
  const { audience, verify, issuer } = complete
  const cluster = findCluster(kubernetes.clusters, settings.cluster, slug)!
  const connection = { teamspaceId: slug, cluster, audience, verify, ...(issuer !== undefined && { issuer }) }
  try {
    await probe(connection, { fetch: kubernetes.fetchFor(cluster, issuer), now })
    return { outcome: 'ok', cluster: cluster.name, asked: askedBy(connection) }
  } catch (error) {
    if (!(error instanceof VerificationFault)) throw error
    return { outcome: 'unreachable', says: error.message }
  }
}
