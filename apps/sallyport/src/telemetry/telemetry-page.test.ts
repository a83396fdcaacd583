import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parseMetrics } from '../../../../test/support/metrics-text.ts'
import { createCallLog } from './call-log.ts'
import { createMetrics } from './metrics.ts'
import { StepTimes } from './step-times.ts'

const page = await readFile(new URL('../../../../docs/telemetry.md', import.meta.url), 'utf8')

/** Rows of the table that begins with this column. */
const tableOf = (firstColumn: string): string[][] => {
  const table = page.slice(page.indexOf(`| ${firstColumn} |`)).split('\n\n')[0]!
  const rows = table.split('\n').slice(2)
  return rows.map((row) => row.split('|').slice(1, -1))
}

const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!)

test('docs/telemetry.md has each metric of ours with its type and labels, and no other', async () => {
  const metrics = createMetrics()
  metrics.serve({ servers: [{ name: 'tools', modes: ['None'] }], pools: new Map([['tools', { open: 0 }]]) })
  const tally = metrics.tallyOf('tools')
  tally.countExchange('entra-obo', 'fresh')
  tally.countUpstream(200, 1)
  tally.countCut('member_unknown')
  const text = await metrics.toText({ audit: { queued: 0, dropped: 0 }, isReady: async () => true })
  const { types, samples } = parseMetrics(text)
  const labelsOf = (name: string): string[] => {
    const series = [...samples.keys()].find((key) => key.replace(/_(?:sum|count)(?=[{]|$)|\{.*$/g, '') === name)!
    return [...series.matchAll(/([a-z_]+)="/g)].map(([, label]) => label!)
  }
  const ours = [...types].filter(([name]) => name.startsWith('sallyport_'))
  assert.deepEqual(
    tableOf('metric')
      .map(([name, type, labels]) => [codeIn(name!)[0], type!.trim(), codeIn(labels!).sort().join()])
      .sort(),
    ours.map(([name, type]) => [name, type, labelsOf(name).sort().join()]).sort(),
  )
})

test('docs/telemetry.md has each field of the line that a call has in the log', () => {
  let fields: object = {}
  const log = createCallLog((_message, given = {}) => (fields = given), 'all')
  log(
    {
      requestId: 'r',
      at: 0,
      startedAt: 0,
      decision: 'denied',
      rule: 'path_unknown',
      status: 404,
      durationMs: 1,
      times: new StepTimes(0),
    },
    1,
  )
  assert.deepEqual(
    tableOf('field')
      .flatMap(([name]) => codeIn(name!))
      .sort(),
    Object.keys(fields).sort(),
  )
})
