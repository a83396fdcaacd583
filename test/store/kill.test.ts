import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openStore } from '../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../support/each-store.ts'
import { freshDatabase } from '../support/postgres.ts'
import { TEST_SEALING_KEY } from '../support/sealing-key.ts'
import { startStoreChild } from '../support/store-child.ts'

test('20 kills of the writing process lose no acknowledged row and tear no transaction (SQLite)', async () => {
  const { url, drop } = await freshFile()
  await killRounds(url, 20)
  await drop()
})

test('8 kills of the writing process lose no acknowledged row and tear no transaction (Postgres)', async () => {
  const { url, drop } = await freshDatabase()
  await killRounds(url, 8)
  await drop()
})

async function killRounds(url: string, rounds: number): Promise<void> {
  await createTables(url)
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++) {
    const child = startStoreChild('write', url, String(round))
    assert.equal(await child.firstLine(), 'open') // so the lock of the one killed before is gone
    await sleep(Math.random() * 60)
    await child.kill()
    acknowledged.push(...child.lines.slice(1))
    await assertWhole(url, acknowledged)
  }
  assert.ok(acknowledged.length > rounds, `only ${acknowledged.length} transactions were tried`)
}

async function createTables(url: string): Promise<void> {
  const store = await openStore({ url, sealingKey: TEST_SEALING_KEY })
  await sql`create table debit (id text primary key)`.execute(store.db)
  await sql`create table credit (id text primary key)`.execute(store.db)
  await store.close()
}

async function assertWhole(url: string, acknowledged: string[]): Promise<void> {
  const store = await openStore({ url, sealingKey: TEST_SEALING_KEY })
  // One statement, one snapshot: Postgres may still be committing for the client that was killed.
  const { rows } = await sql<{ debit: string | null; credit: string | null }>`
    select debit.id as debit, credit.id as credit from debit full outer join credit on debit.id = credit.id
  `.execute(store.db)
  await store.close()
  assert.deepEqual(
    rows.filter(({ debit, credit }) => debit !== credit),
    [],
    'torn',
  )
  const kept = new Set(rows.map(({ debit }) => debit))
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
    'lost',
  )
}
