export const MAX_BYTES = 5 * 1024 * 1024
export const MAX_ROWS = 10_000

/** With those that are empty: each costs the parser as much as a full one. */
export const MAX_ROWS_OF_ALL_KINDS = 2 * MAX_ROWS

/** Longer than any row whose columns are within their own bounds; an endless line must not be kept. */
export const MAX_ROW_BYTES = 8 * 1024

export const MAX_CELLS = 100

/** Rows for which calls wait: on SQLite a statement holds the event loop, and a transaction the database. */
export const ROWS_AT_ONCE = 200
