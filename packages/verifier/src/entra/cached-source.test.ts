import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, CLIENT, connection, OTHER_TENANT, TENANT } from '../../test/fake-entra.ts'
import { VerificationFault } from '../fault.ts'
import { cachedSource, type CachedSourceOptions } from './cached-source.ts'
import type { EntraConnection } from './connection.ts'

const DOWN = new VerificationFault('connections_unavailable', 'down')

type Reply = EntraConnection | undefined | VerificationFault | Promise<EntraConnection | undefined>

function setUp(options: CachedSourceOptions = {}) {
  const clock = { seconds: 1000 }
  const state: { reply: Reply; asked: string[] } = { reply: connection(), asked: [] }
  const source = cachedSource(
    {
      find(tenantId, audience) {
        state.asked.push(`${tenantId} ${audience}`)
        if (state.reply instanceof VerificationFault) throw state.reply
        return state.reply
      },
    },
    { now: () => clock.seconds * 1000, ...options },
  )
  return { source, clock, state, find: async () => source.find(TENANT, API) }
}

const guid = (i: number) => `aaaaaaaa-aaaa-4aaa-8aaa-${String(i).padStart(12, '0')}`

test('S1-05, S1-12 a found connection is asked for again after 300 s, not before', async () => {
  const { source, clock, state, find } = setUp()
  assert.deepEqual(await find(), connection())
  clock.seconds += 299.9
  assert.ok(!(source.find(TENANT, API) instanceof Promise))
  assert.equal(state.asked.length, 1)
  clock.seconds += 0.1
  await find()
  assert.equal(state.asked.length, 2)
})

test('S1-07, S1-12 an authoritative absence counts for 300 s', async () => {
  const { clock, state, find } = setUp()
  state.reply = undefined
  assert.equal(await find(), undefined)
  clock.seconds += 299.9
  state.reply = connection()
  assert.equal(await find(), undefined)
  clock.seconds += 0.1
  assert.deepEqual(await find(), connection())
  assert.equal(state.asked.length, 2)
})

test('S1-07, S1-16 "could not tell" is not remembered: the next call asks again', async () => {
  const { state, find } = setUp()
  state.reply = DOWN
  await assert.rejects(find(), DOWN)
  state.reply = connection()
  assert.deepEqual(await find(), connection())
  assert.equal(state.asked.length, 2)
})

test('S1-16 a found connection outlives a failing source for an hour, and no longer', async () => {
  const { clock, state, find } = setUp()
  await find()
  state.reply = DOWN
  clock.seconds += 300
  assert.deepEqual(await find(), connection())
  await find()
  assert.equal(state.asked.length, 2, 'a failing source is not asked at every call')
  clock.seconds += 3599
  assert.deepEqual(await find(), connection())
  clock.seconds += 1
  await assert.rejects(find(), DOWN)
})

test('S1-16 a stale connection yields to the first answer there is', async () => {
  const { clock, state, find } = setUp()
  await find()
  state.reply = DOWN
  clock.seconds += 300
  await find()
  state.reply = undefined
  clock.seconds += 1
  assert.equal(await find(), undefined)
})

test('S1-16 an absence is never served stale', async () => {
  const { clock, state, find } = setUp()
  state.reply = undefined
  await find()
  state.reply = DOWN
  clock.seconds += 300
  await assert.rejects(find(), DOWN)
})

test('S1-19 a removed connection is gone after the time to live, and is not revived by a failing source', async () => {
  const { clock, state, find } = setUp()
  await find()
  clock.seconds += 300
  state.reply = undefined
  assert.equal(await find(), undefined)
  state.reply = DOWN
  clock.seconds += 300
  await assert.rejects(find(), DOWN)
})

test('S1-17 a hundred cold look-ups ask once', async () => {
  const { state, find } = setUp()
  const found = await Promise.all(Array.from({ length: 100 }, find))
  assert.ok(found.every((each) => each?.teamspaceId === 'team-a'))
  assert.equal(state.asked.length, 1)
})

test('S1-17 when the first caller gives up, the others are still answered', async () => {
  const { state, find } = setUp()
  let answer = (_: EntraConnection) => {}
  state.reply = new Promise((resolve) => (answer = resolve))
  const aborted = new AbortController()
  const leader = Promise.race([
    find(),
    new Promise((_, reject) => aborted.signal.addEventListener('abort', () => reject(aborted.signal.reason))),
  ])
  const follower = find()
  aborted.abort(new Error('gone'))
  await assert.rejects(leader, /gone/)
  await new Promise(setImmediate)
  answer(connection())
  assert.deepEqual(await follower, connection())
  assert.equal(state.asked.length, 1)
})

test('S1-17 callers that share a failing look-up all learn of the fault', async () => {
  const { state, find } = setUp()
  state.reply = DOWN
  const outcomes = await Promise.allSettled([find(), find(), find()])
  assert.ok(outcomes.every(({ status }) => status === 'rejected'))
  assert.equal(state.asked.length, 1)
})

test('S1-18 what is neither a GUID nor an api:// URI is absent without being asked for', async () => {
  const { source, state } = setUp()
  const wrong = ['', 'x', 'https://api.example', 'api://', '../../evil', API.toUpperCase(), `api://${'x'.repeat(300)}`]
  for (const audience of wrong) {
    assert.equal(await source.find(TENANT, audience), undefined)
  }
  for (const tenantId of ['', 'common', '../x', TENANT.replaceAll('1', 'A')]) {
    assert.equal(await source.find(tenantId, API), undefined)
  }
  assert.deepEqual(state.asked, [])
  assert.ok(await source.find(TENANT, 'api://context7'))
})

test('S1-18 absent audiences are bounded and cannot push out a found connection', async () => {
  const { source, state, find } = setUp({ maxEntries: 2, maxAbsentEntries: 2 })
  await find()
  state.reply = undefined
  for (let i = 0; i < 100; i++) await source.find(TENANT, guid(i))
  assert.equal(state.asked.length, 101)
  await find()
  await source.find(TENANT, guid(99))
  assert.equal(state.asked.length, 101)
  await source.find(TENANT, guid(0))
  assert.equal(state.asked.length, 102)
})

test('S1-18 look-ups under way are bounded; one too many is a fault', async () => {
  const { source, state } = setUp({ maxLookups: 2 })
  let answer = (_: undefined) => {}
  state.reply = new Promise((resolve) => (answer = resolve))
  const first = [source.find(TENANT, guid(1)), source.find(TENANT, guid(2))]
  await assert.rejects(async () => source.find(TENANT, guid(3)), VerificationFault)
  answer(undefined)
  assert.deepEqual(await Promise.all(first), [undefined, undefined])
})

test('D-09 the tenant is part of the key', async () => {
  const { source, state, find } = setUp()
  await find()
  state.reply = undefined
  assert.equal(await source.find(OTHER_TENANT, API), undefined)
  assert.deepEqual(await find(), connection())
})

test('S1-19 forget() makes a change count at once, for one address or for all', async () => {
  const { source, state, find } = setUp()
  await find()
  await source.find(TENANT, CLIENT)
  state.reply = undefined
  source.forget(TENANT, API)
  assert.equal(await find(), undefined)
  assert.ok(await source.find(TENANT, CLIENT))
  source.forget()
  assert.equal(await source.find(TENANT, CLIENT), undefined)
})

test('S1-19 a look-up in flight when forget() is called is not kept', async () => {
  const { source, state, find } = setUp()
  let answer = (_: EntraConnection) => {}
  state.reply = new Promise((resolve) => (answer = resolve))
  const before = find()
  await new Promise(setImmediate)
  source.forget(TENANT, API)
  state.reply = undefined
  assert.equal(await find(), undefined)
  answer(connection())
  assert.deepEqual(await before, connection())
  assert.equal(await find(), undefined)
})

test('S1-17 an old look-up that ends does not end the single flight of its successor', async () => {
  const { source, state, find } = setUp()
  const answers: ((found: EntraConnection) => void)[] = []
  const ask = async () => {
    state.reply = new Promise((resolve) => answers.push(resolve))
    const asked = find()
    await new Promise(setImmediate)
    return { asked }
  }
  const { asked: first } = await ask()
  source.forget()
  const { asked: second } = await ask()
  answers[0]!(connection())
  await first
  const third = find()
  answers[1]!(connection())
  assert.deepEqual(await Promise.all([second, third]), [connection(), connection()])
  assert.equal(state.asked.length, 2)
})

test('S1-12 a clock that is set back makes no answer count for longer than its 300 s', async () => {
  const { clock, state, find } = setUp()
  state.reply = undefined
  assert.equal(await find(), undefined)
  clock.seconds -= 900
  state.reply = connection()
  assert.deepEqual(await find(), connection())
  clock.seconds -= 900
  state.reply = undefined
  assert.equal(await find(), undefined, 'a removed connection is not found for hours')
})
