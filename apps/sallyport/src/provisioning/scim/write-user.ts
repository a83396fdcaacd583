import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { textOf } from './document/document.ts'
import type { ResourceDocument } from './document/document.ts'
import { checkDocument } from './document/read-document.ts'
import { editResource } from './edit-resource.ts'
import type { Asked, Change } from './edit-resource.ts'
import { applyTarget, findTarget } from './membership.ts'
import type { Target } from './membership.ts'
import type { ScimContext } from './scim-context.ts'
import { isScimDenial, scimDenial } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import { scimGroupRepository } from './scim-group-repository.ts'
import { scimUserRepository } from './scim-user-repository.ts'
import { displayNameOf, emailOf, isActive, userNameKey } from './scim-user.ts'
import type { ScimUser } from './scim-user.ts'
import { USER_TYPE } from './schema/user-schema.ts'

const MAX_USERS = 50_000

export const unknownUser = (): ScimDenial => scimDenial(404, 'There is no such user')

const usersOf = ({ editor }: ScimContext, { tx, teamspace }: TeamspaceEdit) =>
  scimUserRepository(tx.db, editor.store.engine, teamspace.id)

const USERS = { open: usersOf, unknown: unknownUser }

/** RFC 7644 §3.3. Made again, it is a conflict: whoever did not hear the answer finds the user by its name. */
export function createUser(context: ScimContext, document: ResourceDocument): Promise<ScimUser | ScimDenial | Refusal> {
  return editTeamspace(context.editor, context.slug, async (edit) => {
    const users = usersOf(context, edit)
    const checked = checkDocument(USER_TYPE, { active: true, ...document })
    if (isScimDenial(checked)) return checked
    if ((await users.count()) >= MAX_USERS) return scimDenial(403, `A teamspace has at most ${MAX_USERS} users`)
    const fresh: ScimUser = {
      id: randomUUID(),
      document: checked,
      connectionKind: context.connectionKind,
      identityId: null,
      status: 'inactive',
      version: 1,
      createdAt: edit.at,
      modifiedAt: edit.at,
    }
    const target = await targetOf(context, edit, fresh)
    if (isScimDenial(target)) return target
    const user = { ...fresh, status: target.status, identityId: await applyTarget(edit, givenBy(fresh), target) }
    await users.insert(user)
    await edit.record({ action: 'scim.user.create', kind: 'scim', after: toSummary(user) })
    return user
  })
}

/** PUT and PATCH. What changes nothing writes nothing, and leaves the version as it is. */
export function changeUser(context: ScimContext, asked: Change): Promise<ScimUser | ScimDenial | Refusal> {
  return editResource(USERS, context, asked, async ({ edit, repository: users, before }) => {
    const changed = asked.change(before.document)
    const checked = isScimDenial(changed) ? changed : checkDocument(USER_TYPE, changed)
    if (isScimDenial(checked)) return checked
    const draft = { ...before, document: checked }
    const target = await targetOf(context, edit, draft, before)
    if (isScimDenial(target)) return target
    if (isDeepStrictEqual(before.document, checked) && isSettled(before, target)) return before

    const identityId = await applyTarget(edit, givenBy(draft), target)
    const { status } = target
    const after: ScimUser = { ...draft, status, identityId, version: before.version + 1, modifiedAt: edit.at }
    await users.update(after)
    await edit.record({
      action: 'scim.user.update',
      kind: 'scim',
      before: toSummary(before),
      after: { ...toSummary(after), changed: changedNames(before.document, checked) },
    })
    return after
  })
}

export function deleteUser(context: ScimContext, asked: Asked): Promise<ScimUser | ScimDenial | Refusal> {
  return editResource(USERS, context, asked, async ({ edit, repository: users, before }) => {
    const { id } = before
    const gone = { ...before, document: { ...before.document, active: false } }
    const target = await findTarget(edit, context.editor.store, provisioned(gone))
    const holder = target.known && (await users.findByIdentity(target.known.identityId))
    // Another spelling of the same object id: the person is that user's by now.
    const isOthers = holder !== undefined && holder.id !== id
    await applyTarget(edit, givenBy(before), isOthers ? { status: 'inactive' } : target)
    await scimGroupRepository(edit.tx.db, context.editor.store.engine, edit.teamspace.id).touchGroupsOf(id, edit.at)
    await users.delete(id)
    await edit.record({ action: 'scim.user.delete', kind: 'scim', before: toSummary(before) })
    return before
  })
}

/**
 * What the user should be here, or why another user stands in the way. Nothing is written yet. A name that the user had
 * before is nobody else's.
 */
async function targetOf(
  context: ScimContext,
  edit: TeamspaceEdit,
  user: ScimUser,
  before?: ScimUser,
): Promise<Target | ScimDenial> {
  const users = usersOf(context, edit)
  const isOther = (found: { id: string } | undefined) => found !== undefined && found.id !== user.id
  const taken = (name: string) => scimDenial(409, `Another user has this ${name}`, 'uniqueness')
  const userName = userNameKey(user.document)
  const isRenamed = !before || userName !== userNameKey(before.document)
  if (isRenamed && isOther(await users.findByUserName(userName))) return taken('userName')
  const externalId = textOf(user.document, 'externalId')
  const isNew = externalId !== undefined && (!before || externalId !== textOf(before.document, 'externalId'))
  if (isNew && isOther(await users.findByExternalId(externalId))) return taken('externalId')
  const target = await findTarget(edit, context.editor.store, provisioned(user))
  const identityId = target.known?.identityId
  // Two spellings of one object id.
  if (identityId === undefined || identityId === before?.identityId) return target
  return isOther(await users.findByIdentity(identityId)) ? taken('externalId') : target
}

const isSettled = (before: ScimUser, { status, known }: Target): boolean =>
  before.status === status && (status !== 'member' || before.identityId === known?.identityId)

const provisioned = (user: ScimUser) => ({
  ...givenBy(user),
  connectionKind: user.connectionKind,
  externalId: textOf(user.document, 'externalId'),
  active: isActive(user.document),
})

const givenBy = ({ document, identityId }: ScimUser) => ({
  email: emailOf(document),
  displayName: displayNameOf(document),
  identityId,
})

/** For the audit trail: what decides over access, and the names of the rest. */
const toSummary = ({ id, document, status, version }: ScimUser) => ({
  id,
  userName: textOf(document, 'userName')?.slice(0, 254),
  externalId: textOf(document, 'externalId')?.slice(0, 255) ?? null,
  active: isActive(document),
  status,
  version,
})

function changedNames(before: ResourceDocument, after: ResourceDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort()
}
