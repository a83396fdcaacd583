import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { createLocalChangeFeed } from '../../store/local-change-feed.ts'
import type { Change } from '../../store/change-feed.ts'
import type { RecordedCall } from '../call.ts'
import { createOpenStreams } from './open-streams.ts'
import type { OpenStream, Pace } from './open-streams.ts'
import type { Ending, Verdict } from './verdict.ts'

const ALLOWED: Verdict = { is: 'allowed', endsAt: Infinity }
const ending = (code: string): Ending => ({ decision: 'denied', code, detail: undefined, record: {} as never })
const REFUSED: Verdict = { is: 'refused', ending: ending('member_unknown') }
const UNKNOWN: Verdict = { is: 'unknown', ending: ending('store_unavailable') }

type Judge = (teamspaceId: string, call: RecordedCall) => Verdict | Promise<Verdict>

/** Streams whose right is decided by the test, with a clock that stands still until told. */
function watch(t: TestContext, { pace, verdict = () => ALLOWED }: { pace?: Partial<Pace>; verdict?: Judge } = {}) {
  const changes = createLocalChangeFeed(() => undefined)
  const clock = { ticks: 1_000, now: 0 }
  const judged: string[] = []
  const cut: string[] = []
  let judge = verdict
  const streams = createOpenStreams({
    changes,
    onCut: (_call, { code }) => cut.push(code),
    now: () => clock.now,
    ticks: () => clock.ticks,
    pace: { lookMs: 5, soonMs: 1, ...pace },
  })
  t.after(() => streams.close())
  streams.judgeBy({
    endOf: () => Infinity,
    async judge(call) {
      const { teamspaceId = '' } = call.principal
      judged.push(teamspaceId)
      return judge(teamspaceId, call)
    },
  })
  clock.ticks += 1
  return {
    streams,
    clock,
    judged,
    cut,
    decide: (next: Judge) => void (judge = next),
    hear: (teamspaceId = 'acme', kind: Exclude<Change['kind'], 'everything'> = 'member') => {
      clock.ticks += 1
      changes.deliver({ kind, teamspaceId })
    },
    miss: () => changes.deliver({ kind: 'everything' }),
    open(teamspaceId = 'acme', startedAt = clock.ticks): OpenStream & { by: string | undefined } {
      const call = { principal: { teamspaceId }, proof: { kind: 'none' }, record: { startedAt } } as RecordedCall
      const stream = { call, by: undefined as string | undefined, cut: (code: string) => void (stream.by = code) }
      streams.add(stream)
      return stream
    },
  }
}

/** Timers that are due by now have come, and what they began has had its turns. */
async function settled(): Promise<void> {
  await sleep(25)
  for (let turns = 0; turns < 20; turns++) await turn()
}

test('a change is about the streams of its teamspace, and a missed one about all', async (t) => {
  const { open, hear, miss, judged, clock } = watch(t)
  open('acme')
  open('globex')
  hear('acme')
  await settled()
  assert.deepEqual(judged, ['acme'])
  hear('acme', 'tools')
  await settled()
  assert.deepEqual(judged, ['acme'], 'what can wait for the patrol')
  clock.ticks += 10_000
  miss()
  await settled()
  assert.deepEqual(judged.sort(), ['acme', 'acme', 'globex'])
})

test('a burst of changes is one judgement of each stream, and the last change counts', async (t) => {
  const { open, hear, judged, cut, clock, decide } = watch(t, { pace: { soonMs: 10 } })
  for (let index = 0; index < 100; index++) open()
  for (let index = 0; index < 1_000; index++) hear()
  await settled()
  assert.equal(judged.length, 100)
  decide(() => REFUSED)
  hear()
  await settled()
  assert.equal(judged.length, 100, 'within two seconds not again')
  clock.ticks += 2_000
  await settled()
  assert.deepEqual([judged.length, cut.length], [200, 100])
})

test('what changes while a stream is being judged is judged once more', async (t) => {
  const answers: ((verdict: Verdict) => void)[] = []
  const { open, hear, clock } = watch(t, { verdict: () => new Promise((resolve) => answers.push(resolve)) })
  const stream = open()
  hear()
  await settled()
  hear()
  answers[0]!(ALLOWED)
  clock.ticks += 2_000
  await settled()
  answers[1]!(REFUSED)
  await settled()
  assert.deepEqual([answers.length, stream.by], [2, 'member_unknown'])
})

test('a stream whose call began before the last change is judged as soon as it is one', async (t) => {
  const { open, hear, judged } = watch(t)
  hear()
  await settled()
  open('acme', 1_001)
  open('acme')
  await settled()
  assert.equal(judged.length, 2, 'in the very moment of the change counts as before')
  open('globex', 1_001)
  await settled()
  assert.equal(judged.length, 2)
})

test('without any change each stream is judged again every few minutes', async (t) => {
  const { open, judged, clock } = watch(t)
  for (let index = 0; index < 50; index++) open()
  clock.ticks += 149_000
  await settled()
  assert.equal(judged.length, 0)
  clock.ticks += 75_000
  await settled()
  assert.ok(judged.length > 5 && judged.length < 45, `${judged.length} are spread over the time`)
  clock.ticks += 77_000
  await settled()
  assert.ok(judged.length >= 50, `${judged.length}`)
})

test('while nobody can tell a stream stays open for a minute, and is asked about every two seconds', async (t) => {
  const { open, hear, judged, cut, clock, decide } = watch(t, { verdict: () => UNKNOWN })
  const [lost, found] = [open('acme'), open('globex')]
  hear('acme')
  hear('globex')
  for (let second = 0; second < 58; second += 2) {
    await settled()
    clock.ticks += 2_000
  }
  assert.deepEqual(cut, [])
  assert.ok(judged.length > 20 && judged.length <= 60, `asked ${judged.length} times`)
  decide((teamspaceId) => (teamspaceId === 'acme' ? UNKNOWN : ALLOWED))
  await settled()
  clock.ticks += 4_000
  await settled()
  assert.deepEqual([lost.by, found.by], ['store_unavailable', undefined])
})

test('questions that are never answered cut their streams after the same minute, and hold up no other teamspace', async (t) => {
  const never = new Promise<Verdict>(() => undefined)
  const { open, hear, clock } = watch(t, { verdict: (teamspaceId) => (teamspaceId === 'slow' ? never : REFUSED) })
  const slow = Array.from({ length: 100 }, () => open('slow'))
  const quick = open('quick')
  hear('slow')
  hear('quick')
  await settled()
  assert.equal(quick.by, 'member_unknown')
  clock.ticks += 61_000
  await settled()
  assert.deepEqual([...new Set(slow.map(({ by }) => by))], ['internal'])
})

test('a stream that ended by itself is not cut', async (t) => {
  const { open, hear, streams, cut, decide } = watch(t)
  const stream = open()
  decide(async () => (streams.delete(stream), REFUSED))
  hear()
  await settled()
  assert.deepEqual([stream.by, cut.length], [undefined, 0])
})

test('five thousand streams are judged and cut in turns: the event loop is never held up for long', async (t) => {
  const work = () => {
    for (const until = performance.now() + 0.05; performance.now() < until;);
    return REFUSED
  }
  const { open, hear, cut } = watch(t, { verdict: work })
  for (let index = 0; index < 5_000; index++) open()
  hear()
  const held: number[] = []
  while (cut.length < 5_000) {
    const before = process.threadCpuUsage() // by the clock others of this machine would count, too
    await turn()
    const { user, system } = process.threadCpuUsage(before)
    held.push((user + system) / 1_000)
  }
  const longest = Math.max(...held)
  assert.ok(longest < 10, `held up for ${longest} ms`)
})
