import type { Registry } from 'prom-client'
import type { CacheUses } from './cache-uses.ts'
import { addHistogram, addSamples } from './metric-families.ts'
import type { Serving } from './serving.ts'
import { CALL_BOUNDS, GATE_BOUNDS } from './server-tally.ts'
import type { ServerTally } from './server-tally.ts'

interface Counted {
  readonly tallies: ReadonlyMap<string, ServerTally>
  readonly servings: ReadonlySet<Serving>
  readonly caches: Readonly<Record<string, CacheUses>>
}

/** What calls have done, and how long it took. No label is ever anything that a caller wrote. */
export function addCallMetrics(registry: Registry, { tallies, servings, caches }: Counted): void {
  const each = <Found>(find: (server: string, tally: ServerTally) => Iterable<Found>): Found[] =>
    Array.from(tallies).flatMap(([server, tally]) => [...find(server, tally)])

  addSamples(
    registry,
    'counter',
    {
      name: 'sallyport_calls_total',
      help: 'Calls by what was decided: ok, or the code of the refusal or fault',
      labelNames: ['server', 'decision', 'code'],
    },
    () => each(callsOf),
  )
  addHistogram(
    registry,
    {
      name: 'sallyport_call_duration_seconds',
      help: 'From the head of the request to the head of the answer',
      labelNames: ['server'],
    },
    CALL_BOUNDS,
    () => each((server, { calls }) => [[{ server }, calls]]),
  )
  addHistogram(
    registry,
    {
      name: 'sallyport_gate_duration_seconds',
      help: 'The part of a call that the server behind did not take: checks, exchange, and the arrival of the message',
      labelNames: ['server'],
    },
    GATE_BOUNDS,
    () => each((server, { own }) => [[{ server }, own]]),
  )
  addHistogram(
    registry,
    {
      name: 'sallyport_upstream_duration_seconds',
      help: 'From sending a call to the server behind to the head of its answer',
      labelNames: ['server', 'status_class'],
    },
    CALL_BOUNDS,
    () =>
      each((server, { upstream }) =>
        Array.from(upstream, ([status, durations]) => [{ server, status_class: `${status}xx` }, durations]),
      ),
  )
  addSamples(
    registry,
    'counter',
    {
      name: 'sallyport_exchanges_total',
      help: 'Credentials for the server behind: cached, fresh, refused by the identity provider, or failed',
      labelNames: ['server', 'kind', 'outcome'],
    },
    () => each(exchangesOf),
  )
  addSamples(
    registry,
    'counter',
    {
      name: 'sallyport_cache_total',
      help: 'Look-ups that a cache could answer (hit) or could not (miss)',
      labelNames: ['cache', 'outcome'],
    },
    () =>
      Object.entries(caches).flatMap(([cache, { hits, misses }]) => [
        [{ cache, outcome: 'hit' }, hits],
        [{ cache, outcome: 'miss' }, misses],
      ]),
  )
  addSamples(
    registry,
    'gauge',
    {
      name: 'sallyport_open_calls',
      help: 'Calls that the server behind has not answered to the end, streams included',
      labelNames: ['server'],
    },
    () => openCalls(servings),
  )
  addSamples(
    registry,
    'gauge',
    { name: 'sallyport_open_streams', help: 'Event streams that are open', labelNames: ['server'] },
    () => each((server, { openStreams }) => [[{ server }, openStreams]]),
  )
  addSamples(
    registry,
    'counter',
    {
      name: 'sallyport_streams_cut_total',
      help: 'Event streams that were cut because they would be refused now, by the code of the refusal or fault',
      labelNames: ['server', 'code'],
    },
    () => each((server, { cuts }) => Array.from(cuts, ([code, count]) => [{ server, code }, count] as const)),
  )
}

type Sample = readonly [labels: Record<string, string>, value: number]

function* callsOf(server: string, tally: ServerTally): Generator<Sample> {
  yield [{ server, decision: 'allowed', code: 'ok' }, tally.allowed]
  for (const decision of ['denied', 'fault'] as const)
    for (const [code, count] of tally[decision]) yield [{ server, decision, code }, count]
}

function* exchangesOf(server: string, { exchanges }: ServerTally): Generator<Sample> {
  for (const [kind, counts] of exchanges)
    for (const [outcome, count] of Object.entries(counts)) yield [{ server, kind, outcome }, count]
}

/** A server that two configurations have is one: the calls of the former are still open. */
function openCalls(servings: ReadonlySet<Serving>): Sample[] {
  const open = new Map<string, number>()
  for (const { pools } of servings)
    for (const [server, pool] of pools) open.set(server, (open.get(server) ?? 0) + pool.open)
  return Array.from(open, ([server, count]) => [{ server }, count])
}
