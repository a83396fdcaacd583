import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { findNames } from './find-names.ts'
import { diffPolicies } from './policy-diff.ts'
import { namedIn, resolveNames } from './policy-names.ts'
import { policyRepository } from './policy-repository.ts'
import type { StoredPolicy } from './policy-repository.ts'
import { DEFAULT_POLICY, policySchema } from './policy.ts'
import type { Policy } from './policy.ts'

/** The versions that a change may replace (RFC 9110 §13.1.1); `any` for whichever there is. */
export type Replaces = readonly number[] | 'any' | undefined

type Saved = StoredPolicy & { readonly document: Policy }

/** Puts a whole policy into force. Saving what is in force already changes nothing. */
export function setPolicy(editor: Editor, slug: string, policy: Policy, replaces: Replaces): Promise<Saved | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const before = await policyRepository(edit.tx.db, edit.teamspace.id).find()
    if (before && replaces === undefined) return versionNeeded()
    if (!mayReplace(before, replaces)) return isStale()
    const resolved = await resolvePolicy(edit.tx.db, edit.teamspace.id, policy, before?.document)
    return 'refused' in resolved ? resolved : save(editor, edit, { before, document: resolved.policy })
  })
}

/** Back to the default. The version goes on counting, so that no earlier one comes back with another meaning. */
export function removePolicy(
  editor: Editor,
  slug: string,
  replaces: Replaces,
): Promise<{ removed: boolean } | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const before = await policyRepository(edit.tx.db, edit.teamspace.id).find()
    if (!mayReplace(before, replaces)) return isStale()
    if (!before) return { removed: false }
    const after = await save(editor, edit, { before, document: DEFAULT_POLICY })
    return { removed: after.version !== before.version }
  })
}

const mayReplace = (before: StoredPolicy | undefined, replaces: Replaces): boolean =>
  replaces === undefined || replaces === 'any' || replaces.includes(before?.version ?? 0)

/** The policy with ids for names, in the place of the document that is in force. */
export async function resolvePolicy(db: Kysely<Database>, teamspaceId: string, policy: Policy, before: unknown) {
  const present = policySchema.safeParse(before)
  // Whoever was removed since stays named: a rule about them must not stand in the way of changing another.
  const known = namedIn(present.success ? present.data : DEFAULT_POLICY)
  const resolved = resolveNames(policy, await findNames(db, teamspaceId, namedIn(policy), known))
  if ('policy' in resolved) return resolved
  const errors = resolved.problems.map(({ path, says }) => ({ path: path.join('.'), says }))
  return refuse({ code: 'invalid', says: 'The policy names somebody who is not there', errors })
}

async function save(
  editor: Editor,
  { tx, teamspace, at, record }: TeamspaceEdit,
  { before, document }: { readonly before: StoredPolicy | undefined; readonly document: Policy },
): Promise<Saved> {
  const present = policySchema.safeParse(before?.document ?? DEFAULT_POLICY)
  const diff = present.success
    ? diffPolicies(present.data, document)
    : { before: 'a policy that could not be read', after: document }
  if (before && !diff) return { ...before, document }
  const saved = { document, version: (before?.version ?? 0) + 1, updatedAt: at, updatedBy: editor.actor }
  await policyRepository(tx.db, teamspace.id).save(saved)
  await record({ action: 'policy.changed', kind: 'policy', ...diff })
  return saved
}

const versionNeeded = (): Refusal =>
  refuse({ code: 'precondition_required', says: 'Say in If-Match which version this replaces' })

const isStale = (): Refusal =>
  refuse({ code: 'precondition_failed', says: 'The policy was changed meanwhile; read it anew' })
