import type { AdminClient } from '../cli/admin-client.ts'
import { CLUSTER, WORKLOAD_TEAMSPACE as slug } from './demo-config.ts'
import { WORKLOAD } from './demo-people.ts'
import { findConnection } from './seed-teamspaces.ts'

/** A teamspace's connection to the cluster, and its workload a member. */
export async function seedWorkload(client: AdminClient, audience: string): Promise<void> {
  const before = await findConnection(client, slug, 'kubernetes')
  if (before?.audience === audience) return
  await client.send('PUT', `/teamspaces/${slug}/connections/kubernetes`, {
    kind: 'kubernetes',
    cluster: CLUSTER,
    audience,
  })
  if (!before) await client.send('POST', `/teamspaces/${slug}/members`, { serviceAccount: workloadName })
}

const workloadName = `${WORKLOAD.namespace}/${WORKLOAD.name}`
