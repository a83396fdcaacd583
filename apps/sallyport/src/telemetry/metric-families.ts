import { Counter, Gauge } from 'prom-client'
import type { Metric, Registry } from 'prom-client'
import type { Durations } from './durations.ts'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

interface Family {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
}

/** A counter or gauge whose values are kept elsewhere and asked for when somebody scrapes. */
export function addSamples(
  registry: Registry,
  type: 'counter' | 'gauge',
  family: Family,
  read: () => Iterable<Sample> | Promise<Iterable<Sample>>,
): void {
  const configuration = { ...family, labelNames: [...family.labelNames], registers: [registry] }
  if (type === 'gauge') {
    const gauge = new Gauge({
      ...configuration,
      async collect() {
        const samples = await read()
        gauge.reset()
        for (const [labels, value] of samples) gauge.set(labels, value)
      },
    })
    return
  }
  const counter = new Counter({
    ...configuration,
    async collect() {
      const samples = await read()
      counter.reset()
      for (const [labels, value] of samples) counter.inc(labels, value)
    },
  })
}

type Observed = readonly [labels: Labels, durations: Durations]

/** prom-client's own histogram hashes labels on each observation; this one is read from plain numbers. */
export function addHistogram(
  registry: Registry,
  family: Family,
  boundsSeconds: readonly number[],
  read: () => Iterable<Observed>,
): void {
  const { name, help } = family
  const get = () => Promise.resolve({ name, help, type: 'histogram', values: samplesOf(), aggregator: 'sum' })
  const samplesOf = () => Array.from(read()).flatMap((observed) => toSamples(name, boundsSeconds, observed))
  // A registry asks a metric for its name and for `get()`, whatever its types say of classes.
  registry.registerMetric({ name, get } as unknown as Metric)
}

function toSamples(name: string, boundsSeconds: readonly number[], [labels, { counts, sumSeconds }]: Observed) {
  let count = 0
  const buckets = [...boundsSeconds, '+Inf'].map((bound, index) => {
    count += counts[index]!
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
