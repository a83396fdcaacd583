import type { Command } from 'commander'
import { MAX_BYTES } from '../provisioning/csv/csv-bounds.ts'
import type { ImportSummary, ReportLine } from '../provisioning/csv/import-report.ts'
import { isFailure } from '../provisioning/csv/import-result.ts'
import type { Counts, ImportMode, RowResult } from '../provisioning/csv/import-result.ts'
import { withAdminClient } from './admin-client.ts'
import { adminCommand } from './admin-command.ts'
import { readBytes } from './read-bytes.ts'
import { readJsonLines } from './read-json-lines.ts'
import { CommandFailed } from './terminal.ts'
import type { Report, Terminal } from './terminal.ts'
import { writeStream } from './write-stream.ts'

interface ImportFlags {
  readonly dryRun?: true
  readonly allOrNothing?: true
  readonly eachRow?: true
  readonly allowRoles?: true
}

interface ExportFlags {
  readonly config: string
  readonly out?: string
}

/** Rows between two words on how far an import is. */
const PROGRESS_ROWS = 2_000

export function memberCsvCommands(group: Command, terminal: Terminal): void {
  adminCommand<ImportFlags>(
    group
      .command('import <slug> <file>')
      .description('let in the people of a CSV file; - is the standard input')
      .option('--dry-run', 'only say what would become of each row')
      .option('--all-or-nothing', 'write nothing when anything is wrong with a row')
      .option('--each-row', 'write the rows with which nothing is wrong')
      .option('--allow-roles', 'also make people owners and admins'),
    terminal,
    async (client, [slug = '', file = ''], flags) => {
      const query = new URLSearchParams({ mode: modeOf(flags), ...(flags.allowRoles && { allowRoles: 'true' }) })
      const content = await readBytes(file, MAX_BYTES)
      const lines = await client.upload(`${membersOf(slug)}/import?${query}`, content, 'text/csv')
      return report(slug, await gather(readJsonLines<ReportLine>(lines), terminal))
    },
  )

  const exporting = group
    .command('export <slug>')
    .description('write the people as CSV, as import takes it')
    .option('--config <file>', 'configuration file', './sallyport.yaml')
    .option('--out <file>', 'a new file; standard output, unless set')
  exporting.action(async (slug: string) => {
    const { config, out } = exporting.opts<ExportFlags>()
    await withAdminClient(terminal, config, async (client) =>
      writeStream(await client.download(`${membersOf(slug)}/export`), { out, terminal }),
    )
  })
}

const membersOf = (slug: string): string => `/teamspaces/${encodeURIComponent(slug)}/members`

function modeOf({ dryRun, allOrNothing, eachRow }: ImportFlags): ImportMode {
  const modes: ImportMode[] = []
  if (dryRun) modes.push('dry-run')
  if (allOrNothing) modes.push('all-or-nothing')
  if (eachRow) modes.push('each-row')
  if (modes.length !== 1) throw new CommandFailed('Say one of --dry-run, --all-or-nothing and --each-row')
  return modes[0]!
}

interface Gathered {
  readonly summary: ImportSummary
  readonly results: readonly RowResult[]
}

async function gather(lines: AsyncIterable<ReportLine>, terminal: Terminal): Promise<Gathered> {
  const results: RowResult[] = []
  for await (const line of lines) {
    if ('line' in line) results.push(line)
    else if ('summary' in line) return { summary: line.summary, results }
    else if ('progress' in line) sayProgress(line.progress, terminal)
    else throw new CommandFailed(line.problem.detail)
  }
  throw new CommandFailed(`The answer broke off after ${results.length} rows; the same import again completes it`)
}

function sayProgress({ done, of }: { readonly done: number; readonly of: number }, terminal: Terminal): void {
  if (done % PROGRESS_ROWS === 0 && done < of) terminal.err(`${done} of ${of} rows`)
}

/** Problems first: they are what somebody has to do something about. */
function report(slug: string, { summary, results }: Gathered): Report {
  const failed = results.filter(isFailure)
  const problems = failed.map(({ line, email, outcome, problem }) =>
    [`line ${line}`, email, outcome, problem].join('\t'),
  )
  const lines = [...problems, `${slug}: ${sayCounts(summary.counts)}. ${sayWritten(summary)}`]
  const failure = failed.length > 0 ? { failure: `${failed.length} of ${summary.rows} rows not taken` } : {}
  return { lines, json: { ...summary, results }, ...failure }
}

const sayCounts = (counts: Counts): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ') || 'no rows'

function sayWritten({ written, mode }: ImportSummary): string {
  if (written) return 'Written.'
  return mode === 'dry-run' ? 'Nothing was written: this was a dry run.' : 'Nothing was written.'
}
