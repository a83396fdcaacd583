import type { DecisionCost } from './decisions.ts'
import { LATENCY_CONNECTIONS, PACED_PER_SECOND, type Delay, type LatencySample } from './latency.ts'
import type { RowName } from './options.ts'
import type { Row } from './rows/row.ts'
import { median } from './statistics.ts'
import type { StreamResult } from './streams.ts'
import { fixed, table } from './table.ts'
import type { Sample } from './throughput.ts'

export interface Findings {
  readonly rows: readonly Row[]
  readonly throughput: ReadonlyMap<RowName, readonly Sample[]>
  readonly latency: ReadonlyMap<string, readonly LatencySample[]>
  readonly streams: readonly StreamResult[]
  readonly decisions: readonly DecisionCost[]
}

/** Round by round against the same round of another row: only then does the machine's mood cancel out. */
export function ratios(mine: readonly Sample[], base: readonly Sample[], of: (sample: Sample) => number): number[] {
  return mine.map((sample, round) => of(sample) / of(base[round] as Sample))
}

const perCore = ({ cpuPerCall }: Sample): number => 1 / cpuPerCall

export function throughputTable({ rows, throughput }: Findings): string {
  const baseRow = rows.find(({ name }) => name === 'haproxy-jwt') ?? rows.find(({ name }) => name === 'node') ?? rows[0]
  const base = throughput.get(baseRow?.name ?? 'node') ?? []
  const heading = ['', 'calls/s', 'ratio', 'CPU µs/call', 'calls per core, ratio', 'lowest..highest', 'core busy']
  const lines = rows.map(({ name, title }) => {
    const samples = throughput.get(name) ?? []
    const of = (pick: (sample: Sample) => number) => median(samples.map(pick))
    const cores = ratios(samples, base, perCore)
    return [
      title,
      fixed(
        of((sample) => sample.callsPerSecond),
        0,
      ),
      fixed(median(ratios(samples, base, (sample) => sample.callsPerSecond)), 2),
      fixed(
        of((sample) => sample.cpuPerCall),
        1,
      ),
      fixed(median(cores), 2),
      `${fixed(Math.min(...cores), 2)}..${fixed(Math.max(...cores), 2)}`,
      `${fixed(100 * of((sample) => sample.busy), 0)} %`,
    ]
  })
  return `Calls, medians of rounds; ${baseRow?.title} = 1.00\n${table([heading, ...lines])}`
}

export function latencyTable({ rows, latency }: Findings): string {
  const heading = ['', 'p50', 'p99', 'added p50', 'added p99', 'paced: added p50', 'added p99']
  const lines = [{ name: 'direct', title: 'direct, no proxy' }, ...rows].flatMap(({ name, title }) => {
    const samples = latency.get(name)
    if (!samples) return []
    const at = (pick: (sample: LatencySample) => number) => fixed(median(samples.map(pick)), 2)
    const more = (pick: (sample: LatencySample) => number) =>
      name === 'direct' ? '' : fixed(added(latency, name, pick), 2)
    return [
      [
        title,
        at(({ flatOut }) => flatOut.p50),
        at(({ flatOut }) => flatOut.p99),
        more(({ flatOut }) => flatOut.p50),
        more(({ flatOut }) => flatOut.p99),
        more(({ paced }) => paced.p50),
        more(({ paced }) => paced.p99),
      ],
    ]
  })
  const what = `${LATENCY_CONNECTIONS} connections back to back, then paced at ${PACED_PER_SECOND} calls/s`
  return `Latency in ms, medians of rounds; ${what}\n${table([heading, ...lines])}`
}

/** Median over rounds of (row - direct). */
export function added(
  latency: Findings['latency'],
  name: string,
  pick: (sample: { flatOut: Delay; paced: Delay }) => number,
): number {
  const direct = latency.get('direct') ?? []
  return median((latency.get(name) ?? []).map((sample, round) => pick(sample) - pick(direct[round] as LatencySample)))
}

export function streamsTable({ streams }: Findings): string {
  const [direct] = streams
  const heading = [
    '',
    'streams',
    'MB before',
    'MB with',
    'KB/stream',
    'event p50 ms',
    'p99',
    'added p99',
    'lost',
    'leaked',
  ]
  const lines = streams.map((result) => [
    result.title,
    String(result.streams),
    fixed(result.megabytesBefore, 0),
    fixed(result.megabytes, 0),
    fixed(((result.megabytes - result.megabytesBefore) * 1024) / result.streams, 1),
    fixed(result.p50, 2),
    fixed(result.p99, 2),
    fixed(result.p99 - (direct?.p99 ?? NaN), 2),
    String(result.lost),
    String(result.leaked),
  ])
  return `Idle event streams, each proxy freshly started\n${table([heading, ...lines])}`
}
