import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { aimsTable } from './aims.ts'
import { killChildren } from './children.ts'
import { chooseCores } from './cores.ts'
import { openLab, rowsOf, type Lab, type RunningRow } from './lab.ts'
import { decisionsTable, measureDecisions } from './decisions.ts'
import { measureLatency } from './latency.ts'
import { raiseOpenFiles, streamsWithin } from './open-files.ts'
import { HELP, readOptions, type Options } from './options.ts'
import { profileRow } from './profile.ts'
import { latencyTable, streamsTable, throughputTable, type Findings } from './report.ts'
import type { Row } from './rows/row.ts'
import { assertHonest } from './sanity.ts'
import { measureStreams } from './streams.ts'
import { measureThroughput } from './throughput.ts'

const OPEN_FILES = 65_536

async function main(options: Options, folder: string): Promise<void> {
  const cores = chooseCores()
  const openFiles = raiseOpenFiles(OPEN_FILES)
  console.log(`${cpus()[0]?.model} x ${cpus().length}, Node ${process.version}`)
  if (cores.note) console.log(cores.note)
  const decisions = options.only.includes('decisions') && !options.profile ? measureDecisions() : []
  const rows = rowsOf(options).filter(isHere)
  if (rows.length === 0) return console.log(`\n${decisionsTable(decisions)}`)
  const lab = await openLab(options, cores, folder)
  if (options.profile) return console.log(await profileRow(lab, rowToProfile(rows), options.seconds * 3))

  const streams = streamsWithin(openFiles, options.streams)
  if (streams < options.streams) console.log(`${openFiles} open files allow ${streams} streams only.`)
  const findings = { ...(await measure(lab, rows, { ...options, streams })), decisions }
  console.log(`\n${reportOf(findings)}`)
  if (options.json) await writeFile(options.json, toJson(findings))
}

async function measure(lab: Lab, rows: readonly Row[], options: Options): Promise<Omit<Findings, 'decisions'>> {
  const running = await startRows(lab, rows)
  for (const each of running) await assertHonest(each, lab.setting.issuer, lab.setting.members)
  const throughput = await measureThroughput(lab, running, options, progress)
  const rounds = Math.ceil(options.rounds / 2)
  const latency = await measureLatency(lab, running, { rounds, seconds: options.seconds / 2 }, progress)
  await mkdir(join(lab.setting.folder, 'streams'))
  const streaming = rows.filter(({ name }) => name !== 'gate-fresh' && name !== 'gate-other')
  const streams = options.streams > 0 ? await measureStreams(lab, streaming, options.streams, progress) : []
  progress('')
  return { rows, throughput, latency, streams }
}

function reportOf(findings: Findings): string {
  const streams = findings.streams.length > 0 ? [streamsTable(findings)] : []
  const decisions = findings.decisions.length > 0 ? [decisionsTable(findings.decisions)] : []
  return [throughputTable(findings), latencyTable(findings), ...streams, ...decisions, aimsTable(findings)].join('\n\n')
}

/** Rows that differ in the tokens only are one process. */
async function startRows({ setting }: Lab, rows: readonly Row[]): Promise<RunningRow[]> {
  const running: RunningRow[] = []
  for (const row of rows) {
    const same = running.find((other) => other.row.start === row.start)
    running.push({ row, proxy: same?.proxy ?? (await row.start(setting)) })
  }
  return running
}

function isHere(row: Row): boolean {
  const why = row.absent()
  if (why) console.log(`Left out: ${row.title} (${why}).`)
  return why === undefined
}

function rowToProfile(rows: readonly Row[]): Row {
  const row = (['gate', 'gate-ruled', 'gate-other', 'node'] as const)
    .map((wanted) => rows.find(({ name }) => name === wanted))
    .find((found) => found !== undefined)
  if (!row) throw new Error('--profile needs a row of the gate, or node')
  return row
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

function toJson({ throughput, latency, streams, decisions }: Findings): string {
  const all = { throughput: Object.fromEntries(throughput), latency: Object.fromEntries(latency), streams, decisions }
  return JSON.stringify({ machine: cpus()[0]?.model, node: process.version, ...all }, null, 2)
}

const options = readOptions(process.argv.slice(2))
if (options === 'help') console.log(HELP)
else if (process.platform !== 'linux') throw new Error('the bench reads /proc and runs on Linux only')
else {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  process.on('exit', () => {
    killChildren()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
  await main(options, folder)
  process.exit()
}
