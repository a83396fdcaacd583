import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Store } from '../store/store.ts'
import { removeTeamspace } from '../teamspaces/remove-teamspace.ts'
import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import { MAX_TOOLS } from './heard-tool.ts'
import { serverToolRepository } from './server-tool-repository.ts'
import { createToolCatalogue } from './tool-catalogue.ts'
import { createToolQueue } from './tool-queue.ts'

const DAY_MS = 24 * 3600 * 1000
const READ = { readOnlyHint: true }
const WRITE = { destructiveHint: false }

async function setUp(store: Store, { flushEveryMs = 5 } = {}) {
  const clock = { at: Date.UTC(2026, 10, 1) }
  const now = () => clock.at
  const make = async (slug: string) =>
    ((await createTeamspace({ store, now, actor: 'test' }, { slug, name: slug })) as Teamspace).id
  const teamspaceId = await make('acme')
  const logged: string[] = []
  const catalogueOf = (own = store) =>
    createToolCatalogue({ store: own, now, log: (message) => logged.push(message), flushEveryMs })
  const catalogue = catalogueOf()
  let id = 0
  /** Resolves when it was learnt, which is before it is written. */
  const hear = async (
    tools: Record<string, object | undefined>,
    { of = teamspaceId, by = catalogue, server = 's' } = {},
  ) => {
    const list = Object.entries(tools).map(([name, annotations]) => ({ name, annotations }))
    const message = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: ++id, result: { tools: list } }))
    by.heard({ teamspaceId: of, server, ids: new Set([id]), message })
    await setImmediate()
  }
  const find = async (by = catalogue, of = teamspaceId, server = 's') => {
    const found = await by.find(of, server)
    return found && Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  const rows = () => serverToolRepository(store.db, teamspaceId).list()
  const until = async (holds: () => Promise<boolean>) => {
    for (const end = Date.now() + 3_000; !(await holds()); await sleep(5)) assert.ok(Date.now() < end, 'not in time')
  }
  return { clock, make, teamspaceId, logged, catalogue, catalogueOf, hear, find, rows, until }
}

forEachStore('what was heard is known at once, and after a restart', async (_t, open) => {
  const store = await open()
  const { catalogue, catalogueOf, hear, find } = await setUp(store, { flushEveryMs: 60_000 })
  assert.equal(await find(), undefined)
  await hear({ get: READ, put: WRITE, drop: undefined })
  assert.deepEqual(await find(), { drop: 'destructive', get: 'read', put: 'write' })
  await catalogue.close()
  const restarted = catalogueOf()
  assert.deepEqual(await find(restarted), { drop: 'destructive', get: 'read', put: 'write' })
})

forEachStore('lists add up, the newest word about a tool wins, and other processes hear of it', async (_t, open) => {
  const store = await open()
  const { hear, find, catalogueOf, rows, until } = await setUp(store)
  const neighbour = catalogueOf(store.engine === 'postgres' ? await open() : store) // SQLite has one process
  assert.equal(await find(neighbour), undefined)
  await hear({ a: READ, b: READ })
  await until(async () => (await find(neighbour))?.['a'] === 'read')
  await hear({ b: WRITE, c: READ })
  assert.deepEqual(await find(), { a: 'read', b: 'write', c: 'read' })
  await until(async () => (await find(neighbour))?.['b'] === 'write')
  await hear({ a: READ, b: READ }) // as before, and yet news
  await until(async () => (await find(neighbour))?.['b'] === 'read')
  assert.equal((await rows()).length, 3)
})

forEachStore('what one teamspace or server was heard to offer says nothing of another', async (_t, open) => {
  const store = await open()
  const { catalogue, make, hear, find, teamspaceId } = await setUp(store)
  const globex = await make('globex')
  await hear({ a: READ })
  await hear({ b: READ }, { of: globex })
  await hear({ c: READ }, { server: 'other' })
  await catalogue.close()
  assert.deepEqual(await find(), { a: 'read' })
  assert.deepEqual(await find(catalogue, globex), { b: 'read' })
  assert.deepEqual(await find(catalogue, teamspaceId, 'other'), { c: 'read' })
})

forEachStore(
  'the same list is written once, and half a day later again; a month unseen is forgotten',
  async (_t, open) => {
    const { clock, hear, find, rows, until } = await setUp(await open())
    const seen = async (name: string) => (await rows()).find((row) => row.name === name)?.seen_at
    const begun = clock.at
    await hear({ a: READ, old: READ })
    await until(async () => (await seen('a')) === begun)
    clock.at += 1000
    await hear({ a: READ }) // after a change, every list is news once
    await until(async () => (await seen('a')) === begun + 1000)
    clock.at += 1000
    await hear({ a: READ })
    await sleep(40)
    assert.equal(await seen('a'), begun + 1000)
    clock.at += DAY_MS
    await hear({ a: READ })
    await until(async () => (await seen('a')) === clock.at)
    clock.at += 29.5 * DAY_MS
    await hear({ a: READ })
    await until(async () => (await seen('old')) === undefined)
    assert.deepEqual(await find(), { a: 'read' })
  },
)

forEachStore('a server that makes up names is remembered by the newest of them', async (_t, open) => {
  const { clock, hear, rows, until } = await setUp(await open())
  await hear(Object.fromEntries(Array.from({ length: MAX_TOOLS }, (_, index) => [`t${index}`, READ])))
  await until(async () => (await rows()).length === MAX_TOOLS)
  clock.at += 1000
  await hear({ fresh: READ })
  await until(async () => (await rows()).some(({ name }) => name === 'fresh'))
  assert.equal((await rows()).length, MAX_TOOLS)
})

forEachStore('a teamspace takes what is known of its servers with it', async (_t, open) => {
  const store = await open()
  const { clock, catalogue, hear, find, rows, logged } = await setUp(store)
  await hear({ a: READ })
  await catalogue.close()
  assert.equal((await rows()).length, 1)
  const late = await setUpLate(store, clock)
  await removeTeamspace({ store, now: () => clock.at, actor: 'test' }, 'acme')
  assert.equal(await find(), undefined)
  await late()
  assert.deepEqual([await rows(), logged], [[], []])
})

/** Something heard just before the teamspace goes. */
async function setUpLate(store: Store, clock: { at: number }) {
  const { id } = await store.db.selectFrom('teamspace').select('id').executeTakeFirstOrThrow()
  const failed: string[] = []
  const log = (message: string) => failed.push(message)
  const catalogue = createToolCatalogue({ store, now: () => clock.at, log, flushEveryMs: 60_000 })
  const message = Buffer.from('{"id":1,"result":{"tools":[{"name":"late"}]}}')
  catalogue.heard({ teamspaceId: id, server: 's', ids: new Set([1]), message })
  await setImmediate()
  return async () => {
    await catalogue.close()
    assert.deepEqual(failed, [])
  }
}

test('a database that fails delays what was heard, and at last loses it, and nobody waits', async () => {
  let fails = 2
  let writes = 0
  const lost: unknown[] = []
  const logged: string[] = []
  const queue = createToolQueue({
    write: async () => {
      writes++
      if (fails-- > 0) throw new Error('down')
    },
    log: (message) => logged.push(message),
    onLost: (heard) => lost.push(heard),
    flushEveryMs: 1,
  })
  const tools = new Map([['a', { class: 'read', title: undefined }]] as const)
  const heard = { teamspaceId: 't', server: 's', tools }
  assert.ok(queue.add(heard))
  assert.deepEqual([...queue.waiting('t', 's')!], [...tools])
  while (queue.waiting('t', 's')) await sleep(2)
  assert.deepEqual([writes, lost.length, logged.length], [3, 0, 2])
  fails = Infinity
  queue.add(heard)
  while (queue.waiting('t', 's')) await sleep(2)
  assert.deepEqual([writes, lost.length], [8, 1])
  await queue.close()
  assert.equal(queue.add(heard), false)
})

test('as many servers wait to be written as there is room for', () => {
  const queue = createToolQueue({ write: async () => {}, log: () => {}, onLost: () => {}, flushEveryMs: 60_000 })
  const tools = new Map([['a', { class: 'read', title: undefined }]] as const)
  const added = Array.from({ length: 1_005 }, (_, index) => queue.add({ teamspaceId: `${index}`, server: 's', tools }))
  assert.equal(added.filter(Boolean).length, 1_000)
  assert.ok(queue.add({ teamspaceId: '0', server: 's', tools }))
})
