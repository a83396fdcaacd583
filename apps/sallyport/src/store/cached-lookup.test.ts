import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cachedLookup } from './cached-lookup.ts'
import type { Change } from './change-feed.ts'

interface Person {
  readonly teamspaceId: string
  readonly name: string
}

function setUp(options: { maxEntries?: number } = {}) {
  let listener: (change: Change) => void = () => assert.fail('nobody subscribed')
  let now = 1_000
  const rows = new Map<string, Person>()
  let asked = 0
  const lookup = cachedLookup<Person>({
    changes: {
      subscribe(subscriber) {
        listener = subscriber
        return () => undefined
      },
    },
    kinds: ['member', 'teamspace'],
    teamspaceOf: (person) => person.teamspaceId,
    now: () => now,
    ...options,
  })
  return {
    rows,
    lookup,
    asked: () => asked,
    pass: (ms: number) => void (now += ms),
    emit: (change: Change) => listener(change),
    get: (key: string) =>
      lookup.get(key, async () => {
        asked += 1
        return rows.get(key)
      }),
  }
}

const anna = { teamspaceId: 't1', name: 'anna' }

test('a found value is answered at once the second time', async () => {
  const { rows, get, asked } = setUp()
  rows.set('a', anna)
  assert.equal(await get('a'), anna)
  assert.equal(get('a'), anna)
  assert.equal(asked(), 1)
})

test('an absent value is answered at once the second time', async () => {
  const { get, asked } = setUp()
  assert.equal(await get('a'), undefined)
  assert.equal(get('a'), undefined)
  assert.equal(asked(), 1)
})

test('S1-17 a hundred questions at once are asked once', async () => {
  const { rows, get, asked } = setUp()
  rows.set('a', anna)
  const answers = await Promise.all(Array.from({ length: 100 }, () => get('a')))
  assert.ok(answers.every((answer) => answer === anna))
  assert.equal(asked(), 1)
})

test('a change empties the entries of its teamspace and leaves the others', async () => {
  const { rows, get, emit, asked } = setUp()
  const bert = { teamspaceId: 't2', name: 'bert' }
  rows.set('a', anna)
  rows.set('b', bert)
  await get('a')
  await get('b')
  rows.delete('a')
  emit({ kind: 'member', teamspaceId: 't1' })
  assert.equal(await get('a'), undefined)
  assert.equal(get('b'), bert)
  assert.equal(asked(), 3)
})

test('any change empties the absent entries, because a stranger may have become known', async () => {
  const { rows, get, emit } = setUp()
  await get('a')
  rows.set('a', anna)
  emit({ kind: 'member', teamspaceId: 't1' })
  assert.equal(await get('a'), anna)
})

test('a change of another kind empties nothing', async () => {
  const { rows, get, emit } = setUp()
  rows.set('a', anna)
  await get('a')
  emit({ kind: 'connection', teamspaceId: 't1' })
  assert.equal(get('a'), anna)
})

test('a missed change empties everything', async () => {
  const { rows, get, emit } = setUp()
  rows.set('a', anna)
  await get('a')
  rows.delete('a')
  emit({ kind: 'everything' })
  assert.equal(await get('a'), undefined)
})

test('S1-19 an answer that was on its way when a change arrived is not kept, and nobody joins it', async () => {
  const { lookup, emit } = setUp()
  const slow = Promise.withResolvers<Person | undefined>()
  const early = lookup.get('a', () => slow.promise)
  emit({ kind: 'member', teamspaceId: 't1' })
  const late = lookup.get('a', async () => undefined)
  assert.equal(await late, undefined)
  slow.resolve(anna)
  assert.equal(await early, anna)
  assert.equal(
    lookup.get('a', () => assert.fail('the absent answer was not kept')),
    undefined,
  )
})

test('S1-07 a fault rejects, is not cached, and never looks like absence', async () => {
  const { lookup, rows, get } = setUp()
  rows.set('a', anna)
  const broken = lookup.get('a', () => Promise.reject(new Error('database is down')))
  await assert.rejects(async () => broken, /database is down/)
  assert.equal(await get('a'), anna)
})

test('an entry older than the backstop is asked again', async () => {
  const { rows, get, pass, asked } = setUp()
  rows.set('a', anna)
  await get('a')
  await get('b')
  pass(29_999)
  await get('a')
  await get('b')
  assert.equal(asked(), 2)
  pass(1)
  await get('a')
  await get('b')
  assert.equal(asked(), 4)
})

test('S1-18 guesses fill only the absent side, so they cannot push out what is in use', async () => {
  const { rows, get, asked } = setUp({ maxEntries: 10 })
  rows.set('a', anna)
  await get('a')
  for (let guess = 0; guess < 100; guess++) await get(`guess ${guess}`)
  assert.equal(get('a'), anna)
  assert.equal(asked(), 101)
})
