import { Hono } from 'hono'
import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import type { ResourceDocument } from './document/document.ts'
import { readDocument } from './document/read-document.ts'
import type { Asked, Change } from './edit-resource.ts'
import { etagOf, namesVersion } from './etag.ts'
import { listGroups, listUsers, renderGroups, renderUsers } from './list-resources.ts'
import type { ListView } from './list-resources.ts'
import { applyPatch } from './patch/apply-patch.ts'
import { readProjection } from './projection.ts'
import type { Projection } from './projection.ts'
import { readListQuery } from './read-query.ts'
import type { ListQuery } from './read-query.ts'
import type { ScimContext } from './scim-context.ts'
import { isScimDenial } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import { scimGroupRepository } from './scim-group-repository.ts'
import { answer, baseOf, fail, idOf, readScimBody } from './scim-http.ts'
import type { Http, ScimEnv } from './scim-http.ts'
import { scimUserRepository } from './scim-user-repository.ts'
import type { ResourceType } from './schema/attribute.ts'
import { GROUP_TYPE } from './schema/group-schema.ts'
import { USER_TYPE } from './schema/user-schema.ts'
import { changeGroup, createGroup, deleteGroup, unknownGroup } from './write-group.ts'
import { changeUser, createUser, deleteUser, unknownUser } from './write-user.ts'

interface Versioned {
  readonly id: string
  readonly version: number
}

type Outcome<Item> = Promise<Item | ScimDenial | Refusal>

/** What users and groups do differently; all that HTTP sees is the same for both. */
interface Resources<Item extends Versioned> {
  readonly type: ResourceType
  readonly unknown: () => ScimDenial
  find(scim: ScimContext, id: string): Promise<Item | undefined>
  list(scim: ScimContext, query: ListQuery, base: string): Promise<ListView | ScimDenial>
  render(
    scim: ScimContext,
    items: readonly Item[],
    how: { base: string; projection: Projection },
  ): Promise<readonly object[]>
  create(scim: ScimContext, document: ResourceDocument): Outcome<Item>
  change(scim: ScimContext, change: Change): Outcome<Item>
  delete(scim: ScimContext, asked: Asked): Outcome<Item>
  /** What a PUT that does not say so leaves as it was. */
  readonly kept: readonly string[]
  /** Whether a PATCH is answered with the resource, which may be long. */
  readonly patchShows: boolean
}

export const userRoutes = () =>
  resourceRoutes({
    type: USER_TYPE,
    unknown: unknownUser,
    find: ({ editor: { store }, teamspaceId }, id) => scimUserRepository(store.db, store.engine, teamspaceId).find(id),
    list: listUsers,
    render: renderUsers,
    create: createUser,
    change: changeUser,
    delete: deleteUser,
    kept: ['active'], // silence must not give access back
    patchShows: true,
  })

export const groupRoutes = () =>
  resourceRoutes({
    type: GROUP_TYPE,
    unknown: unknownGroup,
    find: ({ editor: { store }, teamspaceId }, id) => scimGroupRepository(store.db, store.engine, teamspaceId).find(id),
    list: listGroups,
    render: renderGroups,
    create: createGroup,
    change: changeGroup,
    delete: deleteGroup,
    kept: [],
    patchShows: false,
  })

function resourceRoutes<Item extends Versioned>(resources: Resources<Item>): Hono<ScimEnv> {
  const { type } = resources

  const show = async (context: Http, item: Item, status: 200 | 201 = 200): Promise<Response> => {
    const projection = readProjection(type, context.req.query())
    if (isScimDenial(projection)) return fail(context, projection.scimError)
    const base = baseOf(context)
    const [resource = {}] = await resources.render(context.get('scim'), [item], { base, projection })
    const location = `${base}${type.endpoint}/${item.id}`
    return answer(context, resource, status, {
      etag: etagOf(item.version),
      [status === 201 ? 'location' : 'content-location']: location,
    })
  }

  const write = async (context: Http, outcome: Outcome<Item>, then: (item: Item) => Response | Promise<Response>) => {
    const result = await outcome
    if (isScimDenial(result)) return fail(context, result.scimError)
    // The teamspace went away while the request was under way, and its token with it.
    if (isRefused(result)) return fail(context, resources.unknown().scimError)
    return then(result)
  }

  const change = async (
    context: Http,
    toChange: (body: unknown) => Change['change'] | ScimDenial,
    then: (item: Item) => Response | Promise<Response>,
  ): Promise<Response> => {
    const read = await readScimBody(context)
    const changed = isScimDenial(read) ? read : toChange(read.body)
    if ('scimError' in changed) return fail(context, changed.scimError)
    const asked = { id: idOf(context), ifMatch: context.req.header('if-match'), change: changed }
    return write(context, resources.change(context.get('scim'), asked), then)
  }

  return new Hono<ScimEnv>()
    .get('/', async (context) => {
      const query = readListQuery(type, context.req.query())
      if (isScimDenial(query)) return fail(context, query.scimError)
      const listed = await resources.list(context.get('scim'), query, baseOf(context))
      return isScimDenial(listed) ? fail(context, listed.scimError) : answer(context, listed)
    })
    .post('/', async (context) => {
      const read = await readScimBody(context)
      const document = isScimDenial(read) ? read : readDocument(type, read.body)
      if (isScimDenial(document)) return fail(context, document.scimError)
      return write(context, resources.create(context.get('scim'), document), (item) => show(context, item, 201))
    })
    .get('/:id', async (context) => {
      const item = await resources.find(context.get('scim'), idOf(context))
      if (!item) return fail(context, resources.unknown().scimError)
      const known = context.req.header('if-none-match')
      if (known === undefined || !namesVersion(known, item.version)) return show(context, item)
      return context.body(null, 304, { etag: etagOf(item.version) })
    })
    .put('/:id', (context) =>
      change(
        context,
        (body) => {
          const document = readDocument(type, body)
          return isScimDenial(document) ? document : (before) => ({ ...pick(before, resources.kept), ...document })
        },
        (item) => show(context, item),
      ),
    )
    .patch('/:id', (context) =>
      change(
        context,
        (body) => (before) => applyPatch(type, before, body),
        (item) => {
          const isAsked = context.req.query('attributes') !== undefined
          if (resources.patchShows || isAsked) return show(context, item)
          return context.body(null, 204, { etag: etagOf(item.version) })
        },
      ),
    )
    .delete('/:id', (context) => {
      const asked = { id: idOf(context), ifMatch: context.req.header('if-match') }
      return write(context, resources.delete(context.get('scim'), asked), () => context.body(null, 204))
    })
}

const pick = (document: ResourceDocument, names: readonly string[]): ResourceDocument =>
  Object.fromEntries(Object.entries(document).filter(([name]) => names.includes(name)))
