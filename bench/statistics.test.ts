import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuFromStat } from './process-usage.ts'
import { selfTimes, type CpuProfile } from './profile.ts'
import { ratios } from './report.ts'
import { createHistogram, median, percentile } from './statistics.ts'

test('medians and percentiles lie between the values they fall between', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.equal(percentile([10, 20, 30, 40, 50], 100), 50)
  assert.ok(Number.isNaN(median([])))
})

test('a histogram answers with the microsecond below which the share of calls lies', () => {
  const histogram = createHistogram(10_000)
  for (let value = 1; value <= 100; value++) histogram.record(value / 100)
  assert.equal(histogram.percentileMilliseconds(50), 0.5)
  assert.equal(histogram.percentileMilliseconds(99), 0.99)
  histogram.reset()
  assert.ok(Number.isNaN(histogram.percentileMilliseconds(50)))
})

test('what is slower than a histogram reaches still counts, at its end', () => {
  const histogram = createHistogram(1000)
  histogram.record(5000)
  assert.equal(histogram.percentileMilliseconds(99), 1)
})

test('CPU time is user and system time, whatever the process calls itself', () => {
  assert.equal(cpuFromStat('7 (a) b (c) S 1 1 1 0 -1 4 0 0 0 0 12 30 0 0 20 0 1'), 420_000)
})

test('ratios compare the same round', () => {
  const sample = (callsPerSecond: number) => ({ callsPerSecond, cpuPerCall: 1, busy: 1, failed: 0, unrecorded: 0 })
  const found = ratios([sample(10), sample(30)], [sample(5), sample(10)], ({ callsPerSecond }) => callsPerSecond)
  assert.deepEqual(found, [2, 3])
})

test('a profile counts own time within the measured span and leaves idle time out', () => {
  const node = (id: number, functionName: string) => ({ id, callFrame: { functionName, url: '', lineNumber: 0 } })
  const profile: CpuProfile = {
    nodes: [node(1, 'work'), node(2, '(idle)'), node(3, 'start')],
    samples: [3, 1, 2, 1, 1],
    timeDeltas: [10, 10, 10, 10, 10],
    startTime: 1000,
  }
  assert.deepEqual([...selfTimes(profile, 1015, 1045)], [['work', 20]])
})
