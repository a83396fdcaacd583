/**
 * A spreadsheet takes a cell that begins so for a formula, and runs it; some take the wide signs of East Asia for the same.
 * Where the decimal sign is a comma, it begins a cell behind each semicolon, too, whatever the quotes say: those that it finds
 * there it takes for its own. The apostrophes are looked through, so that what guards can be told from what was there before.
 */
const FORMULA = /(^|;)(["']*[=+\-@＝＋－＠\t\r\n])/g
const GUARDED = /(^|;)'(["']*[=+\-@＝＋－＠\t\r\n])/g

/** An apostrophe in front makes it text. */
export const guardCell = (value: string): string => value.replace(FORMULA, "$1'$2")

/** Takes back what `guardCell` did. */
export const unguardCell = (cell: string): string => cell.replace(GUARDED, '$1$2')
