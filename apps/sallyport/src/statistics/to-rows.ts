import { ALL_TEAMSPACES } from './call-count.table.ts'
import type { CallCountRow, Dimension } from './call-count.table.ts'
import type { MinuteCounts, Minutes, Tally } from './minute-counts.ts'
import { SPANS } from './range.ts'
import type { ToolNames } from './tool-names.ts'

interface Options {
  readonly names: ToolNames
  readonly now: number
}

/** What was counted as rows to add: to each span that is still kept; to each teamspace, and to all of them together. */
export function toRows(minutes: Minutes, { names, now }: Options): CallCountRow[] {
  const rows = new Map<string, CallCountRow>()
  for (const [minute, teamspaces] of minutes) {
    const at = minute * 60_000
    const spans = SPANS.filter(({ keepMs }) => at >= now - keepMs)
    for (const [id, counts] of teamspaces) {
      for (const teamspaceId of [id, ALL_TEAMSPACES]) {
        const places = spans.map(({ seconds }) => ({ teamspaceId, span: seconds, at }))
        const admits: Admits = (server, tool, { calls, denied }) =>
          names.admits({ teamspaceId, at, server, tool, isRefused: calls === denied })
        for (const counted of listCounted(counts, admits))
          for (const place of places) addTo(rows, toRow(place, counted))
      }
    }
  }
  // In one order, so that two replicas that write the same rows cannot wait for each other.
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

interface Place {
  readonly teamspaceId: string
  readonly span: number
  readonly at: number
}

type Admits = (server: string, tool: string, tally: Tally) => boolean
type Counted = readonly [dimension: Dimension, server: string, name: string, tally: Tally]

function* listCounted(counts: MinuteCounts, admits: Admits): Generator<Counted> {
  for (const [server, { allowed, denied, faults, tools, otherTools }] of counts.servers) {
    if (allowed > 0) yield ['outcome', server, 'ok', { calls: allowed, denied: 0, faults: 0 }]
    for (const [code, calls] of denied) yield ['outcome', server, code, { calls, denied: calls, faults: 0 }]
    for (const [code, calls] of faults) yield ['outcome', server, code, { calls, denied: 0, faults: calls }]
    for (const [tool, tally] of inOrder(tools)) yield ['tool', server, admits(server, tool, tally) ? tool : '', tally]
    if (otherTools.calls > 0) yield ['tool', server, '', otherTools]
  }
  yield* listBuckets('duration', counts.durations)
  yield* listBuckets('gate', counts.gate)
}

function* listBuckets(dimension: Dimension, buckets: Float64Array): Generator<Counted> {
  for (const [bucket, calls] of buckets.entries())
    if (calls > 0) yield [dimension, '', `${bucket}`, { calls, denied: 0, faults: 0 }]
}

/** Names that were let through come first, those that are called most before the others: there is not room for all. */
const inOrder = (tools: ReadonlyMap<string, Tally>) =>
  [...tools].sort(([, a], [, b]) => b.calls - b.denied - (a.calls - a.denied) || b.calls - a.calls)

const toRow = ({ teamspaceId, span, at }: Place, [dimension, server, name, tally]: Counted): CallCountRow => ({
  teamspace_id: teamspaceId,
  span,
  dimension,
  at: at - (at % (span * 1000)),
  server,
  name,
  ...tally,
})

function addTo(rows: Map<string, CallCountRow>, row: CallCountRow): void {
  const key = `${row.teamspace_id}\n${row.span}\n${row.dimension}\n${row.at}\n${row.server}\n${row.name}`
  const found = rows.get(key)
  if (!found) return void rows.set(key, row)
  found.calls += row.calls
  found.denied += row.denied
  found.faults += row.faults
}
