/**
 * A spreadsheet takes a cell that begins so for a formula, and runs it. The apostrophes are looked through, so that what
 * guards can be told from what was there before.
 */
const FORMULA = /^'*[=+\-@\t\r]/
const GUARDED = /^'+[=+\-@\t\r]/

/** An apostrophe in front makes it text. */
export const guardCell = (value: string): string => (FORMULA.test(value) ? `'${value}` : value)

/** Takes back what `guardCell` did. */
export const unguardCell = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell)
