import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { TEST_SEALING_KEY as sealingKey } from '../../../../test/support/sealing-key.ts'
import type { Change } from './change-feed.ts'
import { openStore, type Store } from './store.ts'

test('a change is heard once by every replica, its own included, and not after a rollback', async () => {
  await withReplicas(2, async ([one, two]) => {
    const [heardByOne, heardByTwo] = [record(one!), record(two!)]
    const rolledBack = one!.transaction(async (tx) => {
      tx.changed({ kind: 'teamspace', teamspaceId: 'rolled back' })
      throw new Error('no')
    })
    await assert.rejects(rolledBack)
    await one!.transaction(async (tx) => tx.changed({ kind: 'member', teamspaceId: 'a' }))
    assert.deepEqual(heardByOne.changes, [{ kind: 'member', teamspaceId: 'a' }])
    await two!.transaction(async (tx) => tx.changed({ kind: 'member', teamspaceId: 'b' }))
    await Promise.all([heardByOne.atLeast(2), heardByTwo.atLeast(2)])
    await sleep(50) // for a second delivery, if there were one
    // Each hears its own at commit, so the order may differ.
    for (const { changes } of [heardByOne, heardByTwo]) assert.deepEqual(teamspacesOf(changes).sort(), ['a', 'b'])
  })
})

test('a change that is too long to notify arrives as "everything"', async () => {
  await withReplicas(2, async ([one, two]) => {
    const heard = record(two!)
    await one!.transaction(async (tx) => tx.changed({ kind: 'member', teamspaceId: 'x'.repeat(9000) }))
    await heard.atLeast(1)
    assert.deepEqual(heard.changes, [{ kind: 'everything' }])
  })
})

test('a replica whose connections were cut says "everything" once it hears again, and then hears', async () => {
  await withReplicas(2, async ([one, two]) => {
    const heard = record(two!)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(one!.db)
    await heard.atLeast(1)
    assert.deepEqual(heard.changes, [{ kind: 'everything' }])
    await one!.transaction(async (tx) => tx.changed({ kind: 'member', teamspaceId: 'a' }))
    await heard.atLeast(2)
    assert.deepEqual(teamspacesOf(heard.changes.slice(1)), ['a'])
    const instances = () => two!.db.selectFrom('instance').selectAll().execute()
    const found = await instances().catch(instances) // the first may still be given the connection that was cut
    assert.equal(found.length, 1)
  })
})

test('replicas that start together on an empty database migrate it once, and agree on the sealing key', async () => {
  await withReplicas(5, async (replicas) => {
    for (const { db } of replicas) assert.equal((await db.selectFrom('instance').selectAll().execute()).length, 1)
  })
})

test('a bigint is a number, as it is with SQLite', async () => {
  await withReplicas(1, async ([store]) => {
    const { rows } = await sql`select 1700000000000::bigint as at, count(*) as n from instance`.execute(store!.db)
    assert.deepEqual(rows, [{ at: 1_700_000_000_000, n: 1 }])
  })
})

test('an unreachable database is an error without the password, and leaves nothing running', async () => {
  const url = 'postgres://u:hunter2@127.0.0.1:1/d'
  const error: Error = await openStore({ url, sealingKey }).catch((error) => error)
  assert.ok(error instanceof Error)
  assert.ok(!`${error.stack}`.includes('hunter2'))
})

async function withReplicas(count: number, work: (replicas: Store[]) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase()
  const replicas = await Promise.all(Array.from({ length: count }, () => openStore({ url, sealingKey })))
  try {
    await work(replicas)
  } finally {
    await Promise.all(replicas.map((replica) => replica.close()))
    await drop()
  }
}

function record({ changes: feed }: Store) {
  const changes: Change[] = []
  const news = new EventEmitter()
  feed.subscribe((change) => {
    changes.push(change)
    news.emit('change')
  })
  return {
    changes,
    async atLeast(count: number): Promise<void> {
      while (changes.length < count) await once(news, 'change', { signal: AbortSignal.timeout(5000) })
    },
  }
}

function teamspacesOf(changes: readonly Change[]): string[] {
  return changes.map((change) => (change.kind === 'everything' ? '*' : change.teamspaceId))
}
