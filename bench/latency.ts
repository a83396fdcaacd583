import type { Lab, RunningRow } from './lab.ts'
import type { Target } from './requests.ts'

export interface Delay {
  readonly p50: number
  readonly p99: number
}
/** One row in one round, and what the same round saw without a proxy. Milliseconds. */
export interface LatencySample {
  readonly flatOut: Delay
  readonly paced: Delay
}

export const LATENCY_CONNECTIONS = 10
export const PACED_PER_SECOND = 1000
const DIRECT = 'direct'

/** Ten connections from one load process, first back to back and then at a pace that keeps nobody busy. */
export async function measureLatency(
  { loads: [load], setting }: Lab,
  rows: readonly RunningRow[],
  { rounds, seconds }: { rounds: number; seconds: number },
  progress: (text: string) => void,
): Promise<Map<string, LatencySample[]>> {
  const targets = new Map<string, Target>([[DIRECT, { port: setting.upstreamPort, path: '/mcp' }]])
  for (const { row, proxy } of rows) if (row.name !== 'gate-fresh') targets.set(row.name, proxy.target)
  const samples = new Map<string, LatencySample[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, target] of targets) {
      progress(`latency, round ${round + 1} of ${rounds}: ${name}`)
      await load('connect', { target, connections: LATENCY_CONNECTIONS })
      await load('run', { seconds: 0.3 })
      const flatOut = await load('run', { seconds })
      const paced = await load('run', { seconds, perSecond: PACED_PER_SECOND })
      await load('disconnect', undefined)
      samples.set(name, [...(samples.get(name) ?? []), { flatOut, paced }])
    }
  }
  return samples
}
