import { NotFilterable } from './filter/filter-sql.ts'
import type { Filter } from './filter/filter.ts'
import type { Page, PageOf } from './page.ts'
import { project, shows } from './projection.ts'
import type { Projection } from './projection.ts'
import type { ListQuery } from './read-query.ts'
import type { ScimContext } from './scim-context.ts'
import { badRequest } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import { scimGroupRepository } from './scim-group-repository.ts'
import type { ScimGroup } from './scim-group-repository.ts'
import { scimUserRepository } from './scim-user-repository.ts'
import type { ScimUser } from './scim-user.ts'
import { toGroupResource, toUserResource } from './to-resource.ts'

/** Members, or groups, that one answer lists at most, except for a single resource: the rest is on the next page. */
const MAX_LINKS = 20_000

export interface ListView {
  readonly schemas: readonly string[]
  readonly totalResults: number
  readonly startIndex: number
  readonly itemsPerPage: number
  readonly Resources: readonly object[]
}

export const toListView = (all: readonly object[], totalResults = all.length, startIndex = 1): ListView => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults,
  startIndex,
  itemsPerPage: all.length,
  Resources: all,
})

const usersOf = ({ editor, teamspaceId }: ScimContext) =>
  scimUserRepository(editor.store.db, editor.store.engine, teamspaceId)
const groupsOf = ({ editor, teamspaceId }: ScimContext) =>
  scimGroupRepository(editor.store.db, editor.store.engine, teamspaceId)

export const listUsers = (context: ScimContext, query: ListQuery, base: string): Promise<ListView | ScimDenial> =>
  list(usersOf(context), query, (users) => renderUsers(context, users, { base, projection: query.projection }))

export const listGroups = (context: ScimContext, query: ListQuery, base: string): Promise<ListView | ScimDenial> =>
  list(groupsOf(context), query, (groups) => renderGroups(context, groups, { base, projection: query.projection }))

interface Source<Item> {
  page(page: PageOf<Filter>): Promise<Page<Item>>
}

async function list<Item>(
  source: Source<Item>,
  { filter, startIndex, count }: ListQuery,
  render: (items: readonly Item[]) => Promise<readonly object[]>,
): Promise<ListView | ScimDenial> {
  try {
    const { total, items } = await source.page({ filter, offset: startIndex - 1, limit: count })
    return toListView(await render(items), total, startIndex)
  } catch (error) {
    if (error instanceof NotFilterable)
      return badRequest('invalidFilter', 'An attribute of the filter cannot be looked for')
    throw error
  }
}

interface Rendering {
  readonly base: string
  readonly projection: Projection
}

export async function renderUsers(
  context: ScimContext,
  users: readonly ScimUser[],
  { base, projection }: Rendering,
): Promise<readonly object[]> {
  const groups = groupsOf(context)
  if (!shows(projection, 'groups'))
    return users.map((user) => project(toUserResource(user, undefined, base), projection))
  const shown = await fitting(users, (ids) => groups.countLinks('user_id', ids))
  const links = await groups.groupsOf(idsOf(shown))
  return shown.map((user) => project(toUserResource(user, links.get(user.id), base), projection))
}

export async function renderGroups(
  context: ScimContext,
  all: readonly ScimGroup[],
  { base, projection }: Rendering,
): Promise<readonly object[]> {
  const groups = groupsOf(context)
  if (!shows(projection, 'members'))
    return all.map((group) => project(toGroupResource(group, undefined, base), projection))
  const shown = await fitting(all, (ids) => groups.countLinks('group_id', ids))
  const links = await groups.membersOf(idsOf(shown))
  return shown.map((group) => project(toGroupResource(group, links.get(group.id) ?? [], base), projection))
}

const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id)

/** As many from the beginning as may be listed with all their links; one at least. */
async function fitting<Item extends { readonly id: string }>(
  items: readonly Item[],
  countLinks: (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>,
): Promise<readonly Item[]> {
  if (items.length < 2) return items
  const counts = await countLinks(idsOf(items))
  let links = 0
  const end = items.findIndex(({ id }, index) => (links += counts.get(id) ?? 0) > MAX_LINKS && index > 0)
  return end === -1 ? items : items.slice(0, end)
}
