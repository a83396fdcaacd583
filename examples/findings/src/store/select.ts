import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/** Asked on every statement: a handle that was kept could have been closed, and would outlive its call. */
export type OpenDatabase = () => DatabaseSync

export interface Page {
  /** The key of the last row of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface Table<Filter> {
  readonly name: string
  readonly key: string
  /** What is read beside the columns of the table. */
  readonly and?: string
  /** Columns that a caller may ask to be equal to something. */
  readonly filters: readonly (keyof Filter & string)[]
  /** Columns that a text is looked for in. */
  readonly searched?: readonly string[]
}

export interface Wanted<Filter> {
  readonly filter?: Filter
  readonly text?: string | undefined
  readonly page: Page
}

/** The rows that match, in the order of the key. Names of columns come from the table, values are bound. */
export function selectPage<Filter extends object>(
  open: OpenDatabase,
  { name, key, and, filters, searched = [] }: Table<Filter>,
  { filter, text, page }: Wanted<Filter>,
): unknown[] {
  const used = filters.filter((column) => filter?.[column] !== undefined)
  const conditions = [`${key} > :after`, ...used.map((column) => `${column} = :${column}`)]
  // `instr` and not LIKE: what the caller typed is text, never a pattern.
  if (text !== undefined) conditions.push(`instr(lower(concat_ws(' ', ${searched.join(', ')})), lower(:text)) > 0`)
  const columns = and ? `${name}.*, ${and}` : '*'
  const values = Object.fromEntries(used.map((column) => [column, filter?.[column] as SQLInputValue]))
  return open()
    .prepare(`SELECT ${columns} FROM ${name} WHERE ${conditions.join(' AND ')} ORDER BY ${key} LIMIT :limit`)
    .all({ ...values, ...(text !== undefined && { text }), after: page.after ?? '', limit: page.limit })
}

export function countOf(open: OpenDatabase, table: string): number {
  return (open().prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count
}
