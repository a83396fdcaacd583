import type { Kysely } from 'kysely'
import { explainCode } from '../outcome/explanations.ts'
import type { Database } from '../store/schema.ts'
import { BUCKET_COUNT, quantile } from './buckets.ts'
import type { Tally } from './minute-counts.ts'
import type { TimeRange } from './range.ts'
import { countRepository } from './read-counts.ts'
import type { NameCount, StepCount } from './read-counts.ts'
import { sumTallies } from './sum-tallies.ts'

/** Columns of the same length, as charts take them; times in milliseconds. */
export interface Series {
  readonly at: readonly number[]
  readonly calls: readonly number[]
  readonly denied: readonly number[]
  readonly faults: readonly number[]
  /** Calls that were not allowed, by code. */
  readonly codes: Readonly<Record<string, readonly number[]>>
  /** Of whole calls, in milliseconds; null where there were none. */
  readonly p50: readonly (number | null)[]
  readonly p95: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
}

export interface Totals extends Readonly<Tally> {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  /** Of the part that the servers behind did not take. */
  readonly gateP50: number | null
  readonly gateP95: number | null
}

export interface Overview {
  readonly range: string
  readonly from: number
  readonly until: number
  readonly stepSeconds: number
  readonly series: Series
  readonly totals: Totals
  /** Of as many steps before. */
  readonly previous: Totals
  readonly servers: readonly (Readonly<Tally> & { readonly server: string })[]
  readonly tools: readonly (Readonly<Tally> & { readonly server: string; readonly tool: string })[]
  readonly refusals: readonly Refusal[]
}

export interface Refusal {
  readonly code: string
  readonly calls: number
  readonly decision: 'denied' | 'fault'
  readonly says: string
  readonly fix?: string
}

const TOP = 10

/** What happened to the calls of a teamspace, or of all of them, in a range of time. */
export async function readOverview(db: Kysely<Database>, teamspaceId: string, range: TimeRange): Promise<Overview> {
  const counts = countRepository(db, teamspaceId)
  const [outcomes, durations, gate, tools] = await Promise.all([
    counts.bySteps('outcome', range),
    counts.bySteps('duration', range),
    counts.byBuckets('gate', range),
    counts.byNames('tool', range),
  ])
  const isNow = ({ at }: StepCount) => at >= range.from
  const [present, past] = [outcomes.filter(isNow), outcomes.filter((count) => !isNow(count))]
  const [presentDurations, pastDurations] = [durations.filter(isNow), durations.filter((count) => !isNow(count))]
  const totalsOf = (ended: StepCount[], took: StepCount[], isPrevious: boolean): Totals => ({
    ...sumTallies(ended),
    ...quantiles(bucketsOf(took)),
    ...gateQuantiles(bucketsOf(gate.filter((count) => count.isPrevious === isPrevious))),
  })
  return {
    range: range.name,
    from: range.from,
    until: range.until,
    stepSeconds: range.stepSeconds,
    series: toSeries(present, presentDurations, range),
    totals: totalsOf(present, presentDurations, false),
    previous: totalsOf(past, pastDurations, true),
    servers: toServers(present),
    tools: tools
      .filter(({ name }) => name !== '')
      .sort((a, b) => b.calls - a.calls || compare(`${a.server}\n${a.name}`, `${b.server}\n${b.name}`))
      .slice(0, TOP)
      .map(({ server, name, calls, denied, faults }) => ({ server, tool: name, calls, denied, faults })),
    refusals: toRefusals(present),
  }
}

function toSeries(outcomes: StepCount[], durations: StepCount[], range: TimeRange): Series {
  const stepMs = range.stepSeconds * 1000
  const at = Array.from({ length: range.steps }, (_, index) => range.from + index * stepMs)
  const indexOf = (count: StepCount) => (count.at - range.from) / stepMs
  const zeros = () => at.map(() => 0)
  const [calls, denied, faults] = [zeros(), zeros(), zeros()]
  const codes: Record<string, number[]> = {}
  for (const count of outcomes) {
    const index = indexOf(count)
    calls[index]! += count.calls
    denied[index]! += count.denied
    faults[index]! += count.faults
    if (count.denied + count.faults > 0) (codes[count.name] ??= zeros())[index]! += count.calls
  }
  const bySteps = Map.groupBy(durations, indexOf)
  const steps = at.map((_, index) => quantiles(bucketsOf(bySteps.get(index) ?? [])))
  return {
    at,
    calls,
    denied,
    faults,
    codes,
    p50: steps.map(({ p50 }) => p50),
    p95: steps.map(({ p95 }) => p95),
    p99: steps.map(({ p99 }) => p99),
  }
}

function bucketsOf(counts: readonly Pick<StepCount, 'name' | 'calls'>[]): Float64Array {
  const buckets = new Float64Array(BUCKET_COUNT)
  for (const { name, calls } of counts) buckets[Number(name)]! += calls
  return buckets
}

const quantiles = (buckets: Float64Array) => ({
  p50: quantile(buckets, 0.5),
  p95: quantile(buckets, 0.95),
  p99: quantile(buckets, 0.99),
})

const gateQuantiles = (buckets: Float64Array) => ({ gateP50: quantile(buckets, 0.5), gateP95: quantile(buckets, 0.95) })

/** Calls that reached no server are in the totals alone. */
const toServers = (counts: readonly NameCount[]): Overview['servers'] =>
  Array.from(
    Map.groupBy(counts, ({ server }) => server),
    ([server, ofServer]) => ({ server, ...sumTallies(ofServer) }),
  )
    .filter(({ server }) => server !== '')
    .sort((a, b) => b.calls - a.calls || compare(a.server, b.server))

function toRefusals(counts: readonly NameCount[]): Refusal[] {
  const refused = counts.filter(({ denied, faults }) => denied + faults > 0)
  return Array.from(
    Map.groupBy(refused, ({ name }) => name),
    ([code, ofCode]): Refusal => {
      const { calls, denied } = sumTallies(ofCode)
      return { code, calls, decision: denied > 0 ? 'denied' : 'fault', ...explain(code) }
    },
  )
    .sort((a, b) => b.calls - a.calls || compare(a.code, b.code))
    .slice(0, TOP)
}

const explain = (code: string) =>
  explainCode(code) ?? {
    says: code === 'client_gone' ? 'The client went away before there was an answer' : 'The call was not allowed',
  }

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
