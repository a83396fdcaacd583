import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { compileStoredPolicy } from './checked-policy.ts'
import { policyRepository } from './policy-repository.ts'

/** Whether the rules of a teamspace go by groups. */
export async function asksForGroups(db: Kysely<Database>, teamspaceId: string): Promise<boolean> {
  const stored = await policyRepository(db, teamspaceId).find()
  return stored !== undefined && compileStoredPolicy(stored.document)?.asksGroups === true
}
