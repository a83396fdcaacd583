import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import type { ImportEnd, ImportOptions, Importing } from './import-members.ts'
import { countOutcomes } from './import-result.ts'
import type { Counts, ImportMode, RowResult } from './import-result.ts'
import type { CsvFile } from './read-csv.ts'

export interface ImportSummary {
  /** Of the import, as in its audit row. */
  readonly id: string
  readonly mode: ImportMode
  /** Whether what is said to be added and updated was written. */
  readonly written: boolean
  readonly rows: number
  readonly counts: Counts
}

export interface ImportReport extends ImportSummary {
  readonly results: readonly RowResult[]
}

/** A line of the report as JSON Lines: results as they come, how far it is, and at the end one of the last two. */
export type ReportLine =
  | RowResult
  | { readonly progress: { readonly done: number; readonly of: number } }
  | { readonly summary: ImportSummary }
  | { readonly problem: { readonly detail: string } }

export interface Imported {
  readonly file: CsvFile
  readonly options: ImportOptions
}

export async function gatherReport(importing: Importing, imported: Imported): Promise<ImportReport | Refusal> {
  const results: RowResult[] = []
  for (;;) {
    const { done, value } = await importing.next()
    if (!done) results.push(...value)
    else return isRefused(value) ? value : { ...summarize(imported, value, countOutcomes(results)), results }
  }
}

type Log = (message: string, fields?: object) => void

/** A file that was begun ends with a line that says how; one that does not was cut off. */
export async function* reportLines(importing: Importing, report: Imported & { log: Log }): AsyncGenerator<string> {
  const of = report.file.rows.length
  let [counts, done] = [countOutcomes([]), 0]
  try {
    for (;;) {
      const next = await importing.next()
      if (next.done) return yield linesOf([endOf(report, next.value, counts)])
      counts = countOutcomes(next.value, counts)
      done += next.value.length
      yield linesOf([...next.value, { progress: { done, of } }])
    }
  } catch (error) {
    report.log('An import of members failed on its way', { error, id: report.options.id })
    throw error
  } finally {
    await importing.return({ written: false }) // whoever asked has gone away
  }
}

const linesOf = (lines: readonly ReportLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

const endOf = (imported: Imported, end: ImportEnd | Refusal, counts: Counts): ReportLine =>
  isRefused(end) ? { problem: { detail: end.refused.says } } : { summary: summarize(imported, end, counts) }

function summarize({ file, options }: Imported, { written }: ImportEnd, counts: Counts): ImportSummary {
  const { id, mode } = options
  return { id, mode, written, rows: file.rows.length, counts }
}
