import { sql } from 'kysely'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import type { ResourceDocument } from './document/document.ts'
import { textOf } from './document/document.ts'
import { toSearch } from './document/to-search.ts'
import { filterSql } from './filter/filter-sql.ts'
import type { FilterColumn, FilterPlace } from './filter/filter-sql.ts'
import { fold } from './filter/filter.ts'
import type { Filter } from './filter/filter.ts'
import { inChunks } from './in-chunks.ts'
import { countAndList } from './page.ts'
import type { Page, PageOf } from './page.ts'
import type { ScimGroupTable } from './scim.table.ts'
import { GROUP_TYPE } from './schema/group-schema.ts'

export interface ScimGroup {
  readonly id: string
  /** Without the members. */
  readonly document: ResourceDocument
  readonly version: number
  readonly createdAt: number
  readonly modifiedAt: number
}

/** Somebody or something by its id, and what people call it. */
export interface Link {
  readonly id: string
  readonly display: string | undefined
}

const COLUMNS: ReadonlyMap<string, FilterColumn> = new Map<string, FilterColumn>([
  ['id', { column: sql.ref('scim_group.id') }],
  ['displayName', { column: sql.ref('scim_group.display_name_key') }],
  ['externalId', { column: sql.ref('scim_group.external_id') }],
  ['meta.created', { column: sql.ref('scim_group.created_at'), isTime: true }],
  ['meta.lastModified', { column: sql.ref('scim_group.modified_at'), isTime: true }],
])

const placeOf = (engine: Store['engine']): FilterPlace => ({
  engine,
  search: sql.ref('scim_group.search'),
  columns: COLUMNS,
  relations: new Map([
    [
      'members',
      {
        columns: new Map<string, FilterColumn>([
          ['value', { column: sql.ref('link.user_id') }],
          ['type', { column: sql`'user'` }],
        ]),
        exists: (within) =>
          sql`exists (select 1 from scim_group_member as link where link.group_id = scim_group.id and ${within})`,
      },
    ],
  ]),
})

export const displayNameKey = (document: ResourceDocument): string => fold(textOf(document, 'displayName') ?? '')

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function scimGroupRepository(db: Kysely<Database>, engine: Store['engine'], teamspaceId: string) {
  const owned = db.selectFrom('scim_group').where('scim_group.teamspace_id', '=', teamspaceId)
  const links = db
    .selectFrom('scim_group_member')
    .innerJoin('scim_group', 'scim_group.id', 'scim_group_member.group_id')
    .where('scim_group.teamspace_id', '=', teamspaceId)
  const count = async (filter?: Filter): Promise<number> => {
    const counted = owned.select((row) => row.fn.countAll().as('count'))
    const asked = filter ? counted.where(filterSql(filter, placeOf(engine))) : counted
    return Number((await asked.executeTakeFirstOrThrow()).count)
  }
  const list = async ({ filter, offset, limit }: PageOf<Filter>): Promise<ScimGroup[]> => {
    const rows = owned.selectAll()
    const asked = filter ? rows.where(filterSql(filter, placeOf(engine))) : rows
    const page = asked.orderBy('scim_group.created_at').orderBy('scim_group.id').limit(limit).offset(offset)
    return (await page.execute()).map(toGroup)
  }
  return {
    find: async (id: string): Promise<ScimGroup | undefined> =>
      found(await owned.selectAll().where('id', '=', id).executeTakeFirst()),
    findByName: (key: string): Promise<{ id: string } | undefined> =>
      owned.select('id').where('display_name_key', '=', key).executeTakeFirst(),
    findByExternalId: (externalId: string): Promise<{ id: string } | undefined> =>
      owned.select('id').where('external_id', '=', externalId).executeTakeFirst(),
    count,
    page: (page: PageOf<Filter>): Promise<Page<ScimGroup>> => countAndList({ count, list }, page),
    insert: async (group: ScimGroup): Promise<void> => {
      await db
        .insertInto('scim_group')
        .values({ ...toColumns(group), id: group.id, created_at: group.createdAt, teamspace_id: teamspaceId })
        .execute()
    },
    update: async (group: ScimGroup): Promise<void> => {
      await db
        .updateTable('scim_group')
        .set(toColumns(group))
        .where('teamspace_id', '=', teamspaceId)
        .where('id', '=', group.id)
        .execute()
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('scim_group').where('teamspace_id', '=', teamspaceId).where('id', '=', id).execute()
    },
    /** A user leaves with all memberships, so what the groups look like changes. */
    touchGroupsOf: async (userId: string, at: number): Promise<void> => {
      const theirs = db.selectFrom('scim_group_member').select('group_id').where('user_id', '=', userId)
      await db
        .updateTable('scim_group')
        .set((row) => ({ version: row('version', '+', 1), modified_at: at }))
        .where('teamspace_id', '=', teamspaceId)
        .where('id', 'in', theirs)
        .execute()
    },
    memberIds: async (id: string): Promise<string[]> =>
      (await links.select('user_id').where('group_id', '=', id).orderBy('user_id').execute()).map((row) => row.user_id),
    addMembers: (id: string, userIds: readonly string[]): Promise<void> =>
      inChunks(userIds, async (chunk) => {
        await db
          .insertInto('scim_group_member')
          .values(chunk.map((userId) => ({ group_id: id, user_id: userId })))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }),
    removeMembers: (id: string, userIds: readonly string[]): Promise<void> =>
      inChunks(userIds, async (chunk) => {
        await db.deleteFrom('scim_group_member').where('group_id', '=', id).where('user_id', 'in', chunk).execute()
      }),
    /** Of each group how many members; of each user how many groups. */
    countLinks: async (of: 'group_id' | 'user_id', ids: readonly string[]): Promise<Map<string, number>> => {
      if (ids.length === 0) return new Map()
      const column = `scim_group_member.${of}` as const
      const rows = await links
        .select((row) => [`${column} as id`, row.fn.countAll().as('count')] as const)
        .where(column, 'in', ids)
        .groupBy(column)
        .execute()
      return new Map(rows.map((row) => [row.id, Number(row.count)]))
    },
    membersOf: async (ids: readonly string[]): Promise<Map<string, Link[]>> => {
      if (ids.length === 0) return new Map()
      const rows = await links
        .innerJoin('scim_user', 'scim_user.id', 'scim_group_member.user_id')
        .select(['group_id as owner', 'user_id as id', nameIn(engine, 'scim_user', 'userName').as('display')])
        .where('group_id', 'in', ids)
        .orderBy('user_id')
        .execute()
      return toLinks(rows)
    },
    groupsOf: async (userIds: readonly string[]): Promise<Map<string, Link[]>> => {
      if (userIds.length === 0) return new Map()
      const rows = await links
        .select(['user_id as owner', 'group_id as id', nameIn(engine, 'scim_group', 'displayName').as('display')])
        .where('user_id', 'in', userIds)
        .orderBy('group_id')
        .execute()
      return toLinks(rows)
    },
  }
}

/** As the client wrote it: the columns are folded. */
const nameIn = (engine: Store['engine'], table: 'scim_user' | 'scim_group', name: 'userName' | 'displayName') => {
  const document = sql.ref(`${table}.document`)
  return engine === 'sqlite'
    ? sql<string | null>`json_extract(${document}, ${`$.${name}`})`
    : sql<string | null>`(${document}::jsonb ->> cast(${name} as text))`
}

const toLinks = (rows: readonly { owner: string; id: string; display: string | null }[]): Map<string, Link[]> => {
  const byOwner = Map.groupBy(rows, ({ owner }) => owner)
  return new Map(
    [...byOwner].map(([owner, all]) => [owner, all.map(({ id, display }) => ({ id, display: display ?? undefined }))]),
  )
}

const toColumns = (group: ScimGroup) => ({
  display_name_key: displayNameKey(group.document),
  external_id: textOf(group.document, 'externalId') ?? null,
  document: JSON.stringify(group.document),
  search: JSON.stringify(toSearch(GROUP_TYPE, group.document)),
  version: group.version,
  modified_at: group.modifiedAt,
})

const found = (row: Selectable<ScimGroupTable> | undefined): ScimGroup | undefined => row && toGroup(row)

const toGroup = (row: Selectable<ScimGroupTable>): ScimGroup => ({
  id: row.id,
  document: JSON.parse(row.document) as ResourceDocument,
  version: row.version,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
})
