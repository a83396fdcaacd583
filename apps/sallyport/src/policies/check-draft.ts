import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { policyRepository } from './policy-repository.ts'
import { policyWarnings } from './policy-warnings.ts'
import type { Policy } from './policy.ts'
import { resolvePolicy } from './set-policy.ts'

/** What saving a policy would say of it, to whoever is still writing it. Saves nothing. */
export async function checkDraft(
  db: Kysely<Database>,
  slug: string,
  draft: Policy,
  servers: readonly string[],
): Promise<{ readonly warnings: readonly string[] } | Refusal> {
  const teamspace = await teamspaceRepository(db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const stored = await policyRepository(db, teamspace.id).find()
  const resolved = await resolvePolicy(db, teamspace.id, draft, stored?.document)
  return 'refused' in resolved ? resolved : { warnings: policyWarnings(resolved.policy, servers) }
}
