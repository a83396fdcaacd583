import { added, ratios, type Findings } from './report.ts'
import { median } from './statistics.ts'
import { fixed, table } from './table.ts'

/** The aims of the design that this bench can see; left out where a row is missing. */
export function aimsTable({ throughput, latency, streams, rows, decisions }: Findings): string {
  const perCore = (name: 'gate' | 'gate-ruled' | 'gate-fresh', base: 'haproxy-jwt' | 'node' | 'gate') => {
    const [mine, other] = [throughput.get(name), throughput.get(base)]
    return mine && other ? median(ratios(mine, other, ({ cpuPerCall }) => 1 / cpuPerCall)) : NaN
  }
  const gateTitle = rows.find(({ name }) => name === 'gate')?.title
  const [direct] = streams
  const held = streams.find(({ title }) => title === gateTitle)
  const samples = [...throughput.values()].flat()
  const failed = samples.reduce((sum, sample) => sum + sample.failed, 0)
  const unrecorded = samples.reduce((sum, sample) => sum + sample.unrecorded, 0)
  const aims: [string, number, 'at least' | 'at most', number][] = [
    ['calls per core, of HAProxy jwt_verify', perCore('gate', 'haproxy-jwt'), 'at least', 1.1],
    ['calls per core, of the bare Node proxy', perCore('gate', 'node'), 'at least', 0.8],
    ['… with rules and limits, of the gate without', perCore('gate-ruled', 'gate'), 'at least', 0.85],
    ['… every token new, of HAProxy jwt_verify', perCore('gate-fresh', 'haproxy-jwt'), 'at least', 0.5],
    ['added p50 at 10 connections, ms', added(latency, 'gate', ({ flatOut }) => flatOut.p50), 'at most', 1],
    ['added p99 at 10 connections, ms', added(latency, 'gate', ({ flatOut }) => flatOut.p99), 'at most', 5],
    [
      'a decision with 200 rules, median µs',
      decisions.length > 0 ? Math.max(...decisions.map(({ median }) => median)) : NaN,
      'at most',
      20,
    ],
    [`MB with ${held?.streams ?? 0} idle streams`, held?.megabytes ?? NaN, 'at most', 500],
    ['added p99 of an event, ms', (held?.p99 ?? NaN) - (direct?.p99 ?? NaN), 'at most', 5],
    ['calls that failed, all rows', failed, 'at most', 0],
    ['calls missing from the audit trail', unrecorded, 'at most', 0],
  ]
  const lines = aims
    .filter(([, value]) => Number.isFinite(value))
    .map(([what, value, bound, limit]) => [
      what,
      fixed(value, 2),
      `${bound} ${limit}`,
      (bound === 'at least' ? value >= limit : value <= limit) ? 'met' : 'NOT MET',
    ])
  return `Aims\n${table(lines)}`
}
