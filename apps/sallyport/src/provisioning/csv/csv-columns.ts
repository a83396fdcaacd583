import { shownText } from './shown-text.ts'
import { UnreadableCsv } from './unreadable-csv.ts'

export const COLUMNS = ['email', 'object_id', 'subject', 'service_account', 'role', 'issuer', 'display_name'] as const
export type Column = (typeof COLUMNS)[number]

const IDENTIFIERS = ['object_id', 'subject', 'service_account'] as const

const OTHER_SEPARATORS = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' } as const

/** The columns in their order. Each is named once: the parser would take the last of two without a word. */
export function readHeader(cells: readonly string[]): Column[] {
  refuseOtherSeparators(cells)
  const columns = cells.map(toColumn)
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice) throw new UnreadableCsv(`The column ${twice} is there twice`)
  if (!columns.includes('email'))
    throw new UnreadableCsv('The column email is missing; the first row names the columns')
  if (!IDENTIFIERS.some((name) => columns.includes(name))) {
    throw new UnreadableCsv('A column object_id, for Entra, or subject, for OpenID Connect, is missing')
  }
  return columns
}

function toColumn(cell: string): Column {
  const name = cell.trim().toLowerCase()
  const column = COLUMNS.find((known) => known === name)
  if (column) return column
  const says = name === '' ? 'A column has no name' : `The column ${shownText(cell.trim())} is not known`
  throw new UnreadableCsv(`${says}; known are ${COLUMNS.join(', ')}`)
}

function refuseOtherSeparators([first = '', ...others]: readonly string[]): void {
  if (/^sep=/i.test(first)) {
    throw new UnreadableCsv('The first line is sep=, which only Excel knows; take it out, and separate by commas')
  }
  if (others.length > 0) return
  for (const [separator, says] of Object.entries(OTHER_SEPARATORS)) {
    if (first.includes(separator)) throw new UnreadableCsv(`The file is separated by ${says}; separate it by commas`)
  }
}
