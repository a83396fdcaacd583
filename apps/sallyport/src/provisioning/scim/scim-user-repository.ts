import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { ResourceDocument } from './document/document.ts'
import { textOf } from './document/document.ts'
import { toSearch } from './document/to-search.ts'
import { filterSql } from './filter/filter-sql.ts'
import type { FilterColumn, FilterPlace } from './filter/filter-sql.ts'
import type { Filter } from './filter/filter.ts'
import { isSelective } from './filter/is-selective.ts'
import type { MemberStatus, ScimConnectionKind } from './membership.ts'
import { countAndList } from './page.ts'
import type { Page, PageOf } from './page.ts'
import type { ScimUserTable } from './scim.table.ts'
import { userNameKey } from './scim-user.ts'
import type { ScimUser } from './scim-user.ts'
import { MEMBERSHIP_SCHEMA, USER_TYPE } from './schema/user-schema.ts'

/** Rows go with the identity: by hand, or with the connection. The row of the user is not told. */
const STATUS = sql<string>`case when scim_user.member_status = 'member' and scim_user.identity_id is null
  then 'removed' else scim_user.member_status end`

const COLUMNS: ReadonlyMap<string, FilterColumn> = new Map<string, FilterColumn>([
  ['id', { column: sql.ref('scim_user.id') }],
  ['userName', { column: sql.ref('scim_user.user_name_key') }],
  ['externalId', { column: sql.ref('scim_user.external_id') }],
  ['meta.created', { column: sql.ref('scim_user.created_at'), isTime: true }],
  ['meta.lastModified', { column: sql.ref('scim_user.modified_at'), isTime: true }],
  [`${MEMBERSHIP_SCHEMA}:status`, { column: STATUS }],
])

const placeOf = (engine: Store['engine']): FilterPlace => ({
  engine,
  search: sql.ref('scim_user.search'),
  columns: COLUMNS,
  relations: new Map([
    [
      'groups',
      {
        columns: new Map<string, FilterColumn>([
          ['value', { column: sql.ref('link.group_id') }],
          ['display', { column: sql.ref('linked.display_name_key') }],
        ]),
        exists: (within) =>
          sql`exists (select 1 from scim_group_member as link join scim_group as linked on linked.id = link.group_id
            where link.user_id = scim_user.id and ${within})`,
      },
    ],
  ]),
})

/** Users that one statement looks at, when it has to look at all that there is of each. */
const STRETCH = 200

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function scimUserRepository(db: Kysely<Database>, engine: Store['engine'], teamspaceId: string) {
  const owned = db.selectFrom('scim_user').where('scim_user.teamspace_id', '=', teamspaceId)
  const rows = owned.selectAll().select(STATUS.as('status'))
  const update = (id: string) =>
    db.updateTable('scim_user').where('teamspace_id', '=', teamspaceId).where('id', '=', id)
  const count = async (filter?: Filter): Promise<number> => {
    const counted = owned.select((row) => row.fn.countAll().as('count'))
    const asked = filter ? counted.where(filterSql(filter, placeOf(engine))) : counted
    return Number((await asked.executeTakeFirstOrThrow()).count)
  }
  const list = async ({ filter, offset, limit }: PageOf<Filter>): Promise<ScimUser[]> => {
    const asked = filter ? rows.where(filterSql(filter, placeOf(engine))) : rows
    return (await inOrder(asked).limit(limit).offset(offset).execute()).map(toUser)
  }
  const scan = async (filter: Filter): Promise<string[]> => {
    const condition = filterSql(filter, placeOf(engine))
    const ids: string[] = []
    for (let start = sql<boolean>`1 = 1`; ; await setImmediate()) {
      const stretch = owned.select(['id', 'created_at']).where(start)
      const last = await inOrder(stretch)
        .offset(STRETCH - 1)
        .limit(1)
        .executeTakeFirst()
      const end = last && sql<boolean>`(created_at, id) <= (${last.created_at}, ${last.id})`
      const matching = stretch.where(condition).$if(end !== undefined, (query) => query.where(end!))
      ids.push(...(await inOrder(matching).execute()).map(({ id }) => id))
      if (!last) return ids
      start = sql<boolean>`(created_at, id) > (${last.created_at}, ${last.id})`
    }
  }
  return {
    find: async (id: string): Promise<ScimUser | undefined> =>
      found(await rows.where('id', '=', id).executeTakeFirst()),
    findByUserName: (key: string): Promise<{ id: string } | undefined> =>
      owned.select('id').where('user_name_key', '=', key).executeTakeFirst(),
    findByExternalId: (externalId: string): Promise<{ id: string } | undefined> =>
      owned.select('id').where('external_id', '=', externalId).executeTakeFirst(),
    findByIdentity: (identityId: string): Promise<{ id: string } | undefined> =>
      owned.select('id').where('identity_id', '=', identityId).executeTakeFirst(),
    count,
    /**
     * On SQLite a statement holds the event loop, so a filter for which no index helps goes from stretch to stretch, lest
     * the users of one teamspace stop the calls of all others.
     */
    page: async (page: PageOf<Filter>): Promise<Page<ScimUser>> => {
      const { filter, offset, limit } = page
      if (!filter || engine === 'postgres' || isSelective(filter)) return countAndList({ count, list }, page)
      const ids = await scan(filter)
      const shown = ids.slice(offset, offset + limit)
      const items = shown.length === 0 ? [] : await inOrder(rows.where('id', 'in', shown)).execute()
      return { total: ids.length, items: items.map(toUser) }
    },
    /** Those of the ids that are users here. */
    listKnown: async (ids: readonly string[]): Promise<string[]> =>
      ids.length === 0 ? [] : (await owned.select('id').where('id', 'in', ids).execute()).map(({ id }) => id),
    insert: async (user: ScimUser): Promise<void> => {
      await db
        .insertInto('scim_user')
        .values({ ...toColumns(user), id: user.id, created_at: user.createdAt, teamspace_id: teamspaceId })
        .execute()
    },
    update: async (user: ScimUser): Promise<void> => {
      await update(user.id).set(toColumns(user)).execute()
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('scim_user').where('teamspace_id', '=', teamspaceId).where('id', '=', id).execute()
    },
  }
}

/** In which they were made, so that a page does not move while others are added. */
const inOrder = <Query extends { orderBy(column: 'scim_user.created_at' | 'scim_user.id'): Query }>(
  query: Query,
): Query => query.orderBy('scim_user.created_at').orderBy('scim_user.id')

const toColumns = (user: ScimUser) => ({
  user_name_key: userNameKey(user.document),
  external_id: textOf(user.document, 'externalId') ?? null,
  connection_kind: user.connectionKind,
  identity_id: user.identityId,
  member_status: user.status,
  document: JSON.stringify(user.document),
  search: JSON.stringify(toSearch(USER_TYPE, user.document)),
  version: user.version,
  modified_at: user.modifiedAt,
})

type Row = Selectable<ScimUserTable> & { readonly status: string }

const found = (row: Row | undefined): ScimUser | undefined => row && toUser(row)

const toUser = (row: Row): ScimUser => ({
  id: row.id,
  document: JSON.parse(row.document) as ResourceDocument,
  connectionKind: row.connection_kind as ScimConnectionKind,
  identityId: row.identity_id,
  status: row.status as MemberStatus,
  version: row.version,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
})
