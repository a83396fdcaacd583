import type { AdminClient } from '../cli/admin-client.ts'
import { DEMO_POLICY, POLICY_TEAMSPACE } from './demo-policy.ts'

/** Rules to look at, unless somebody set or removed some: versions are never counted back. */
export async function seedPolicy(client: AdminClient): Promise<void> {
  const path = `/teamspaces/${POLICY_TEAMSPACE}/policy`
  const { version } = await client.send<{ version: number }>('GET', path)
  if (version === 0) await client.send('PUT', path, DEMO_POLICY)
}
