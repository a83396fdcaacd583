import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { aimsTable } from './aims.ts'
import { endChild, killChildren } from './children.ts'
import { chooseCores } from './cores.ts'
import { openLab, rowsOf, type Lab, type RunningRow } from './lab.ts'
import { decisionsTable, measureDecisions } from './decisions.ts'
import { measureLatency, type LatencySample } from './latency.ts'
import { raiseOpenFiles, streamsWithin } from './open-files.ts'
import { HELP, readOptions, type Options, type RowName } from './options.ts'
import { profileRow } from './profile.ts'
import { latencyTable, streamsTable, throughputTable, type Findings } from './report.ts'
import type { Row } from './rows/row.ts'
import { assertHonest } from './sanity.ts'
import { measureStreams } from './streams.ts'
import { measureThroughput, type Sample } from './throughput.ts'

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
  const throughput = new Map<RowName, Sample[]>(rows.map(({ name }) => [name, []]))
  const latency = new Map<string, LatencySample[]>()
  for (let start = 1; start <= options.starts; start++) {
    const running = await startRows(await ownFolder(lab, `start-${start}`), rows)
    const tell = (text: string) => progress(`start ${start} of ${options.starts}, ${text}`)
    append(throughput, await measureThroughput(lab, running, options, tell))
    const short = { rounds: Math.ceil(options.rounds / 2), seconds: options.seconds / 2 }
    append(latency, await measureLatency(lab, running, short, tell))
    await Promise.all(running.map(({ proxy }) => endChild(proxy.child)))
  }
  const streaming = rows.filter(({ name }) => name !== 'gate-fresh' && name !== 'gate-other')
  const streams =
    options.streams > 0
      ? await measureStreams(await ownFolder(lab, 'streams'), streaming, options.streams, progress)
      : []
  progress('')
  return { rows, throughput, latency, streams }
}

async function ownFolder(lab: Lab, name: string): Promise<Lab> {
  const folder = join(lab.setting.folder, name)
  await mkdir(folder)
  return { ...lab, setting: { ...lab.setting, folder } }
}

/** Samples of one start after those of the others, of all rows alike: rounds stay beside each other. */
function append<Name, Of>(all: Map<Name, Of[]>, more: ReadonlyMap<Name, readonly Of[]>): void {
  for (const [name, samples] of more) all.set(name, [...(all.get(name) ?? []), ...samples])
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
  for (const each of running) await assertHonest(each, setting.issuer, setting.members)
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
