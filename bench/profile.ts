import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endChild } from './children.ts'
import type { Lab } from './lab.ts'
import type { Row } from './rows/row.ts'
import { fixed, table } from './table.ts'

/** A V8 CPU profile, as `--cpu-prof` writes it. Times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
  readonly startTime: number
}

const TOP = 40

/** Runs one Node row under load and says where its own time went. Start-up and idle time are left out. */
export async function profileRow(lab: Lab, row: Row, seconds: number): Promise<string> {
  const folder = join(lab.setting.folder, 'profile')
  await mkdir(folder)
  const nodeArguments = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=250']
  const { target, child } = await row.start({ ...lab.setting, nodeArguments })
  await Promise.all(lab.loads.map((load) => load('connect', { target, connections: 32 })))
  await Promise.all(lab.loads.map((load) => load('run', { seconds: 2 })))
  const from = monotonicMicroseconds()
  const runs = await Promise.all(lab.loads.map((load) => load('run', { seconds })))
  const to = monotonicMicroseconds()
  await endChild(child)
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  if (!file) throw new Error('the process did not end by itself on SIGTERM, so there is no profile')
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile
  const calls = runs.reduce((sum, run) => sum + run.calls, 0)
  return `${row.title}: ${calls} calls in ${seconds} s\n${selfTimeTable(profile, from, to, calls)}`
}

export function selfTimes(profile: CpuProfile, from: number, to: number): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let at = profile.startTime
  profile.samples.forEach((node, index) => {
    const took = profile.timeDeltas[index] ?? 0
    at += took
    const name = names.get(node) ?? '?'
    if (at >= from && at <= to && name !== '(idle)') times.set(name, (times.get(name) ?? 0) + took)
  })
  return times
}

function selfTimeTable(profile: CpuProfile, from: number, to: number, calls: number): string {
  const times = [...selfTimes(profile, from, to)].toSorted(([, a], [, b]) => b - a)
  const total = times.reduce((sum, [, time]) => sum + time, 0)
  const lines = times
    .slice(0, TOP)
    .map(([name, time]) => [name, `${fixed((100 * time) / total, 1)} %`, fixed(time / calls, 2)])
  return table([['self time of', 'share', 'µs/call'], ...lines])
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^file:\/\//, '').replace(/^.*\/(?=(?:apps|packages|bench|node_modules)\/)/, '')
  return file ? `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}` : functionName
}

const monotonicMicroseconds = (): number => Number(process.hrtime.bigint() / 1000n)
