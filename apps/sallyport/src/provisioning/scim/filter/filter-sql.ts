import { sql } from 'kysely'
import type { RawBuilder, SqlBool } from 'kysely'
import type { Store } from '../../../store/store.ts'
import { pathKey } from '../schema/attribute-path.ts'
import type { AttributePath } from '../schema/attribute-path.ts'
import type { Comparison, Filter, Operator } from './filter.ts'

type Text = RawBuilder<string | null>
type Condition = RawBuilder<SqlBool>

/** Where a filter is asked: the columns and rows behind the attributes that are not in the JSON column `search`. */
export interface FilterPlace {
  readonly engine: Store['engine']
  readonly search: RawBuilder<string>
  readonly columns: ReadonlyMap<string, FilterColumn>
  /** Multi-valued attributes that are rows of another table; `within` is a condition on these. */
  readonly relations: ReadonlyMap<string, FilterRelation>
}

export interface FilterColumn {
  readonly column: Text
  /** Milliseconds, where the attribute is a time. */
  readonly isTime?: true
}

export interface FilterRelation {
  readonly columns: ReadonlyMap<string, FilterColumn>
  readonly exists: (within: Condition) => Condition
}

/** What a filter asks for cannot be looked for; the caller answers as for any other invalid filter. */
export class NotFilterable extends Error {}

/** Where the leaves of a filter are found: of the resource, or of one value of it. */
type Leaf = (path: AttributePath) => FilterColumn

/** Values are bound, never pasted; names are ours. Each condition is true or false, never null, so that `not` holds. */
export function filterSql(filter: Filter, place: FilterPlace): Condition {
  const leaf: Leaf = (path) => {
    const key = pathKey(path)
    const column = place.columns.get(key)
    if (column) return column
    if (path.attribute.mutability === 'readOnly') throw new NotFilterable()
    return { column: inJson(place.engine, place.search, key) }
  }
  return toSql(filter, place, leaf)
}

function toSql(filter: Filter, place: FilterPlace, leaf: Leaf): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return joined(
        filter.parts.map((part) => toSql(part, place, leaf)),
        filter.kind,
      )
    case 'not':
      return sql`not ${toSql(filter.filter, place, leaf)}`
    case 'some':
      return someSql(filter.path, filter.filter, place)
    case 'present':
      return filter.path.attribute.multiValued
        ? someSql(filter.path, undefined, place)
        : sql`(${leaf(filter.path).column} is not null)`
    case 'compare':
      return compareSql(filter, leaf(filter.path), place.engine)
  }
}

const joined = (parts: readonly Condition[], kind: 'and' | 'or'): Condition =>
  sql`(${sql.join(parts, kind === 'and' ? sql` and ` : sql` or `)})`

function someSql(path: AttributePath, within: Filter | undefined, place: FilterPlace): Condition {
  const key = pathKey(path)
  const relation = place.relations.get(key)
  if (relation) {
    const leaf: Leaf = ({ attribute }) => {
      const column = relation.columns.get(attribute.name)
      if (!column) throw new NotFilterable()
      return column
    }
    return relation.exists(within ? toSql(within, place, leaf) : sql`1 = 1`)
  }
  const value = sql<string>`element.value`
  const leaf: Leaf = ({ attribute }) => ({ column: inJson(place.engine, value, attribute.name) })
  const condition = within ? toSql(within, place, leaf) : sql`1 = 1`
  const values =
    place.engine === 'sqlite'
      ? sql`json_each(${place.search}, ${jsonPath(key)}) as element`
      : sql`jsonb_array_elements(${place.search}::jsonb -> cast(${key} as text)) as element(value)`
  return sql`exists (select 1 from ${values} where ${condition})`
}

const jsonPath = (key: string): string => `$."${key}"`

const inJson = (engine: Store['engine'], json: RawBuilder<string>, key: string): Text =>
  engine === 'sqlite' ? sql`json_extract(${json}, ${jsonPath(key)})` : sql`(${json}::jsonb ->> cast(${key} as text))`

function compareSql({ operator, value }: Comparison, { column, isTime }: FilterColumn, engine: Store['engine']) {
  if (value === null)
    return operator === 'eq' ? sql<SqlBool>`(${column} is null)` : sql<SqlBool>`(${column} is not null)`
  const operand = isTime ? sql<string>`cast(${Date.parse(value)} as bigint)` : sql<string>`cast(${value} as text)`
  if (operator === 'ne') return sql<SqlBool>`(${column} is null or ${column} <> ${operand})`
  const ordered = engine === 'postgres' && !isTime ? sql<string>`${column} collate "C"` : column
  return sql<SqlBool>`(${column} is not null and ${TESTS[operator](ordered, operand)})`
}

/** Text in the order of its bytes, whatever the language of the database. */
const TESTS: Readonly<Record<Exclude<Operator, 'ne'>, (column: Text, operand: Text) => Condition>> = {
  eq: (column, operand) => sql`${column} = ${operand}`,
  co: (column, operand) => sql`(replace(${column}, ${operand}, '') <> ${column} or ${operand} = '')`,
  sw: (column, operand) => sql`substr(${column}, 1, length(${operand})) = ${operand}`,
  ew: (column, operand) =>
    sql`length(${column}) >= length(${operand}) and substr(${column}, length(${column}) - length(${operand}) + 1) = ${operand}`,
  gt: (column, operand) => sql`${column} > ${operand}`,
  ge: (column, operand) => sql`${column} >= ${operand}`,
  lt: (column, operand) => sql`${column} < ${operand}`,
  le: (column, operand) => sql`${column} <= ${operand}`,
}
