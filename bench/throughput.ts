import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab, RunningRow } from './lab.ts'
import type { RowName } from './options.ts'
import { cpuMicroseconds } from './process-usage.ts'
import type { Proxy } from './rows/row.ts'

export interface Sample {
  readonly callsPerSecond: number
  readonly cpuPerCall: number
  /** Share of its core that the proxy used: well below 1, something else was the bottleneck. */
  readonly busy: number
  readonly failed: number
  /** Calls that are missing from the audit trail; always 0 where there is none. */
  readonly unrecorded: number
}

const CONNECTIONS = 64
const WARM_SECONDS = 1
/** V8 compiles for that long once calls come; what it does then would count as theirs. */
const FIRST_WARM_SECONDS = 5
const FRESH_TOKENS_PER_SECOND = 2500
const SETTLE_MILLISECONDS = 150
const SETTLE_TRIES = 100

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
  const recordedBefore = await settle(proxy)
  const cpuBefore = cpuMicroseconds(child.pid)
  const runs = await onAll(loads, (load) => (fresh ? load('runFresh', undefined) : load('run', { seconds })))
  const recorded = (await settle(proxy)) - recordedBefore
  const cpu = cpuMicroseconds(child.pid) - cpuBefore
  await onAll(loads, (load) => load('disconnect', undefined))
  const calls = runs.reduce((sum, run) => sum + run.calls, 0)
  const took = Math.max(...runs.map((run) => run.seconds))
  return {
    callsPerSecond: calls / took,
    cpuPerCall: cpu / calls,
    busy: cpu / 1e6 / took,
    failed: runs.reduce((sum, run) => sum + run.failed, 0),
    unrecorded: proxy.recorded ? calls - recorded : 0,
  }
}

/** Work put off until after the answer (audit rows, garbage) belongs to the calls that caused it: it is waited for. */
async function settle({ recorded = () => 0 }: Proxy): Promise<number> {
  let seen = -1
  for (let tries = 0; seen !== recorded() && tries < SETTLE_TRIES; tries++) {
    seen = recorded()
    await sleep(SETTLE_MILLISECONDS)
  }
  return seen
}

const onAll = <L, T>(loads: readonly L[], ask: (load: L) => Promise<T>): Promise<T[]> => Promise.all(loads.map(ask))
