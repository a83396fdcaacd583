import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab, RunningRow } from './lab.ts'
import type { RowName } from './options.ts'
import { cpuMicroseconds } from './process-usage.ts'

export interface Sample {
  readonly callsPerSecond: number
  readonly cpuPerCall: number
  /** Share of its core that the proxy used: well below 1, something else was the bottleneck. */
  readonly busy: number
  readonly failed: number
}

const CONNECTIONS = 64
const WARM_SECONDS = 0.4
const FIRST_WARM_SECONDS = 2
const FRESH_TOKENS_PER_SECOND = 2500
/** Work put off until after the answer (audit rows, garbage) belongs to the calls that caused it. */
const SETTLE_MILLISECONDS = 150

/** All rows take turns in every round, each round beginning with another one: a slow minute hits all of them alike. */
export async function measureThroughput(
  lab: Lab,
  rows: readonly RunningRow[],
  { rounds, seconds }: { rounds: number; seconds: number },
  progress: (text: string) => void,
): Promise<Map<RowName, Sample[]>> {
  const samples = new Map<RowName, Sample[]>(rows.map(({ row }) => [row.name, []]))
  for (const running of rows) await measureOnce(lab, running, FIRST_WARM_SECONDS)
  for (let round = 0; round < rounds; round++) {
    const turn = round % rows.length
    for (const running of [...rows.slice(turn), ...rows.slice(0, turn)]) {
      progress(`round ${round + 1} of ${rounds}: ${running.row.title}`)
      samples.get(running.row.name)?.push(await measureOnce(lab, running, seconds))
    }
  }
  return samples
}

async function measureOnce(lab: Lab, { row, proxy }: RunningRow, seconds: number): Promise<Sample> {
  const { loads, setting } = lab
  const { target, child } = proxy
  const fresh = row.name === 'gate-fresh'
  const count = Math.ceil((FRESH_TOKENS_PER_SECOND * seconds) / loads.length)
  if (fresh) await onAll(loads, (load) => load('signFresh', { issuer: setting.issuer, target, count }))
  await onAll(loads, (load) => load('connect', { target, connections: Math.ceil(CONNECTIONS / loads.length) }))
  await onAll(loads, (load) => load('run', { seconds: WARM_SECONDS }))
  await sleep(SETTLE_MILLISECONDS)
  const before = cpuMicroseconds(child.pid)
  const runs = await onAll(loads, (load) => (fresh ? load('runFresh', undefined) : load('run', { seconds })))
  await sleep(SETTLE_MILLISECONDS)
  const cpu = cpuMicroseconds(child.pid) - before
  await onAll(loads, (load) => load('disconnect', undefined))
  const calls = runs.reduce((sum, run) => sum + run.calls, 0)
  const took = Math.max(...runs.map((run) => run.seconds))
  return {
    callsPerSecond: calls / took,
    cpuPerCall: cpu / calls,
    busy: cpu / 1e6 / took,
    failed: runs.reduce((sum, run) => sum + run.failed, 0),
  }
}

const onAll = <L, T>(loads: readonly L[], ask: (load: L) => Promise<T>): Promise<T[]> => Promise.all(loads.map(ask))
