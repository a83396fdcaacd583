import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { textOf, valuesOf } from './document/document.ts'
import type { ResourceDocument } from './document/document.ts'
import { checkDocument } from './document/read-document.ts'
import { MAX_MEMBERS } from './document/read-value.ts'
import { editResource } from './edit-resource.ts'
import type { Asked, Change } from './edit-resource.ts'
import { inChunks } from './in-chunks.ts'
import type { ScimContext } from './scim-context.ts'
import { badRequest, isScimDenial, scimDenial } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import { displayNameKey, scimGroupRepository } from './scim-group-repository.ts'
import type { ScimGroup } from './scim-group-repository.ts'
import { scimUserRepository } from './scim-user-repository.ts'
import { GROUP_TYPE } from './schema/group-schema.ts'

export const MAX_GROUPS = 5_000

/** A change of a group's members is told by who came and who went. */
const MAX_TOLD = 20

export const unknownGroup = (): ScimDenial => scimDenial(404, 'There is no such group')

const groupsOf = ({ editor }: ScimContext, { tx, teamspace }: TeamspaceEdit) =>
  scimGroupRepository(tx.db, editor.store.engine, teamspace.id)

const GROUPS = { open: groupsOf, unknown: unknownGroup }

export function createGroup(
  context: ScimContext,
  document: ResourceDocument,
): Promise<ScimGroup | ScimDenial | Refusal> {
  return editTeamspace(context.editor, context.slug, async (edit) => {
    const groups = groupsOf(context, edit)
    if ((await groups.count()) >= MAX_GROUPS) return scimDenial(403, `A teamspace has at most ${MAX_GROUPS} groups`)
    const id = randomUUID()
    const wanted = await judge(context, edit, { id, document, known: new Set() })
    if (isScimDenial(wanted)) return wanted
    const group = { id, document: wanted.document, version: 1, createdAt: edit.at, modifiedAt: edit.at }
    await groups.insert(group)
    await groups.addMembers(id, wanted.added)
    await edit.record({ action: 'scim.group.create', kind: 'scim', after: { ...toSummary(group), ...told(wanted) } })
    return group
  })
}

/** PUT and PATCH. What changes nothing writes nothing, and leaves the version as it is. */
export function changeGroup(context: ScimContext, asked: Change): Promise<ScimGroup | ScimDenial | Refusal> {
  return editResource(GROUPS, context, asked, async ({ edit, repository: groups, before }) => {
    const { id } = before
    const known = new Set(await groups.memberIds(id))
    const members = [...known].map((value) => ({ value, type: 'User' }))
    const changed = asked.change(known.size === 0 ? before.document : { ...before.document, members })
    const wanted = isScimDenial(changed) ? changed : await judge(context, edit, { id, document: changed, known })
    if (isScimDenial(wanted)) return wanted
    const { document, added, removed } = wanted
    if (isDeepStrictEqual(before.document, document) && added.length + removed.length === 0) return before

    const after = { ...before, document, version: before.version + 1, modifiedAt: edit.at }
    await groups.update(after)
    await groups.addMembers(id, added)
    await groups.removeMembers(id, removed)
    await edit.record({
      action: 'scim.group.update',
      kind: 'scim',
      before: toSummary(before),
      after: { ...toSummary(after), ...told(wanted) },
    })
    return after
  })
}

export function deleteGroup(context: ScimContext, asked: Asked): Promise<ScimGroup | ScimDenial | Refusal> {
  return editResource(GROUPS, context, asked, async ({ edit, repository: groups, before }) => {
    await groups.delete(before.id)
    await edit.record({ action: 'scim.group.delete', kind: 'scim', before: toSummary(before) })
    return before
  })
}

interface Wanted {
  readonly document: ResourceDocument
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

interface Proposal {
  readonly id: string
  /** With the members. */
  readonly document: ResourceDocument
  readonly known: ReadonlySet<string>
}

/** Whether a group may be like this, and what that changes. Writes nothing. */
async function judge(
  context: ScimContext,
  edit: TeamspaceEdit,
  { id, document, known }: Proposal,
): Promise<Wanted | ScimDenial> {
  const checked = checkDocument(GROUP_TYPE, document)
  if (isScimDenial(checked)) return checked
  const { members: _, ...kept } = checked
  const ids = new Set(valuesOf(checked, 'members').map(({ value }) => String(value)))
  if (ids.size > MAX_MEMBERS) return badRequest('invalidValue', `A group has at most ${MAX_MEMBERS} members`)
  const groups = groupsOf(context, edit)
  const isOther = (found: { id: string } | undefined) => found !== undefined && found.id !== id
  const externalId = textOf(kept, 'externalId')
  if (isOther(await groups.findByName(displayNameKey(kept)))) return taken('displayName')
  if (externalId !== undefined && isOther(await groups.findByExternalId(externalId))) return taken('externalId')
  const added = [...ids].filter((each) => !known.has(each))
  if ((await countKnown(context, edit, added)) < added.length) {
    return badRequest('invalidValue', 'A member is no user here; groups within groups are not kept')
  }
  return { document: kept, added, removed: [...known].filter((each) => !ids.has(each)) }
}

const taken = (name: string): ScimDenial => scimDenial(409, `Another group has this ${name}`, 'uniqueness')

async function countKnown({ editor }: ScimContext, { tx, teamspace }: TeamspaceEdit, ids: readonly string[]) {
  const users = scimUserRepository(tx.db, editor.store.engine, teamspace.id)
  let known = 0
  await inChunks(ids, async (chunk) => void (known += (await users.listKnown(chunk)).length))
  return known
}

const toSummary = ({ id, document, version }: ScimGroup) => ({
  id,
  displayName: textOf(document, 'displayName')?.slice(0, 254),
  externalId: textOf(document, 'externalId')?.slice(0, 255) ?? null,
  version,
})

const told = ({ added, removed }: Wanted) => ({
  added: { count: added.length, ids: added.slice(0, MAX_TOLD) },
  removed: { count: removed.length, ids: removed.slice(0, MAX_TOLD) },
})
