import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { Parser } from 'csv-parse'
import { refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { readHeader } from './csv-columns.ts'
import type { Column } from './csv-columns.ts'
import { toRow } from './csv-row.ts'
import type { CsvRow } from './csv-row.ts'
import { MAX_CELLS, MAX_ROWS, MAX_ROWS_OF_ALL_KINDS, MAX_ROW_BYTES } from './csv-bounds.ts'
import { decodeCsv } from './decode-csv.ts'
import { UnreadableCsv } from './unreadable-csv.ts'

export interface CsvFile {
  readonly rows: readonly CsvRow[]
}

/**
 * All rows of a file (RFC 4180), each judged by itself; parsed as it arrives. A file that can be read in two ways, or not to
 * its end, is refused as a whole.
 */
export async function readCsv(body: AsyncIterable<Uint8Array>): Promise<CsvFile | Refusal> {
  const collector = collectRows()
  try {
    await pipeline(decodeCsv(body), parserOf(collector.add))
    return collector.file()
  } catch (error) {
    if (error instanceof UnreadableCsv) return refuse(error.reason)
    if (error instanceof CsvError) return refuse({ code: 'invalid', says: sayBroken(error, collector.line()) })
    throw error
  }
}

function collectRows() {
  const rows: CsvRow[] = []
  let columns: Column[] | undefined
  let [next, seen] = [1, 0]
  return {
    /** Where the row begins that is read at present. */
    line: () => next,
    add(cells: string[]): void {
      const line = next
      // The parser's bound counts no separators.
      if (cells.length > MAX_CELLS) throw new UnreadableCsv(`The row in line ${line} has more than ${MAX_CELLS} cells`)
      next += linesOf(cells)
      if (++seen > MAX_ROWS_OF_ALL_KINDS) throw tooManyRows(`${MAX_ROWS_OF_ALL_KINDS} rows, empty ones included`)
      if (cells.every((cell) => cell.trim() === '')) return // as spreadsheets leave them below the last row
      if (!columns) columns = readHeader(cells)
      else if (rows.length === MAX_ROWS) throw tooManyRows(`${MAX_ROWS} rows`)
      else rows.push(toRow(columns, cells, line))
    },
    file(): CsvFile {
      if (!columns) throw new UnreadableCsv('The file is empty; the first row names the columns')
      return { rows }
    },
  }
}

const tooManyRows = (bound: string) => new UnreadableCsv(`The file has more than ${bound}`, 'too_large')

/** Counted here, from what the cells hold: the parser counts CRLF within quotes twice, and tells where a row ends. */
const linesOf = (cells: readonly string[]): number =>
  cells.reduce((lines, cell) => lines + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1)

/** Rows go to `add` and nowhere else, in the order of the file, before an error that comes after them is thrown. */
function parserOf(add: (cells: string[]) => void): Parser {
  const parser = parse({
    record_delimiter: ['\r\n', '\n', '\r'], // left to itself, the parser expects the first one that it sees everywhere
    relax_column_count: true, // a row of another length is that row's problem
    max_record_size: MAX_ROW_BYTES,
    on_record: (cells: string[]) => void add(cells),
  })
  return parser.resume()
}

function sayBroken({ code }: CsvError, line: number): string {
  const where = `The row that begins in line ${line}`
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${where} opens a quote that nothing closes`
    case 'CSV_MAX_RECORD_SIZE':
      return `${where} is longer than ${MAX_ROW_BYTES} bytes; is a quote open?`
    default:
      return `${where} has a quote where none may be: a cell is quoted as a whole, and quotes in it are doubled`
  }
}
