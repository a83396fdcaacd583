import assert from 'node:assert/strict'

/** A page of metrics, read strictly: by name and labels in the order in which they are written. */
export interface MetricsPage {
  readonly types: ReadonlyMap<string, string>
  readonly samples: ReadonlyMap<string, number>
  /** The value, or 0 for a series that is not there. */
  value(series: string): number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL.source}(?:,${LABEL.source})*)\\})? (\\S+)$`)

/**
 * Prometheus' text format 0.0.4, the part of it that is needed: a HELP and a TYPE before the samples of a family, each
 * family in one piece, no series twice, numbers that are numbers, and histograms whose buckets only rise.
 */
export function parseMetrics(text: string): MetricsPage {
  assert.ok(text.endsWith('\n'), 'the last line ends')
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  const closed = new Set<string>()
  let family = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    const comment = COMMENT.exec(line)
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string]
      if (name !== family) closed.add(family)
      assert.ok(!closed.has(name), `${name} comes in two pieces`)
      family = name
      if (kind === 'TYPE') types.set(name, rest)
      continue
    }
    const sample = SAMPLE.exec(line)
    assert.ok(sample, `no sample: ${line}`)
    const [, name, labels = ''] = sample
    const isOfHistogram = types.get(family) === 'histogram' || types.get(family) === 'summary'
    assert.equal(isOfHistogram ? name!.replace(/_(?:bucket|sum|count)$/, '') : name, family, line)
    const series = labels === '' ? name! : `${name}{${labels}}`
    assert.ok(!samples.has(series), `${series} comes twice`)
    const written = sample.at(-1)!
    const value = written === '+Inf' ? Infinity : written === 'Nan' || written === 'NaN' ? NaN : Number(written)
    assert.ok(written === 'Nan' || written === 'NaN' || !Number.isNaN(value), line)
    samples.set(series, value)
  }
  for (const [name, type] of types) if (type === 'histogram') checkBuckets(name, samples)
  return { types, samples, value: (series) => samples.get(series) ?? 0 }
}

function checkBuckets(name: string, samples: ReadonlyMap<string, number>): void {
  const last = new Map<string, number>()
  for (const [series, value] of samples) {
    if (!series.startsWith(`${name}_bucket{`)) continue
    const others = series
      .slice(`${name}_bucket{`.length, -1)
      .replace(/,?le="([^"]*)"/, '')
      .replace(/^,/, '')
    assert.ok(value >= (last.get(others) ?? 0), `${series} falls`)
    last.set(others, value)
    if (!series.includes('le="+Inf"')) continue
    const count = others === '' ? `${name}_count` : `${name}_count{${others}}`
    assert.equal(samples.get(count), value, count)
  }
}
