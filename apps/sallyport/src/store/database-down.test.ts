import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { once } from 'node:events'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachStore, freshFile } from '../../../../test/support/each-store.ts'
import { freePort } from '../../../../test/support/free-port.ts'
import { isDatabaseDown } from './database-down.ts'

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

forEachStore('what a statement does wrong is not the database being down; that it is closed is', async (_t, open) => {
  const store = await open()
  const wrong = await errorOf(sql`select nothing from nowhere`.execute(store.db))
  const twice = { key: 'x', points: 0, expire: null }
  const insert = () => store.db.insertInto('rate_limit').values(twice).execute()
  await insert()
  const repeated = await errorOf(insert())
  for (const error of [wrong, repeated])
    assert.deepEqual([error instanceof Error, isDatabaseDown(error)], [true, false])
  await store.close()
  assert.equal(isDatabaseDown(await errorOf(sql`select 1`.execute(store.db))), true)
})

test('a port where nobody listens, and a file that another holds, are a database that is down', async () => {
  const [refused] = await once(connect(await freePort(), '127.0.0.1'), 'error')
  assert.equal(isDatabaseDown(refused), true)
  const { path, drop } = await freshFile()
  const [one, other] = [new DatabaseSync(path), new DatabaseSync(path, { timeout: 0 })]
  one.exec('begin exclusive')
  const busy = await errorOf((async () => other.exec('create table a (b)'))())
  assert.equal(isDatabaseDown(busy), true)
  one.close()
  other.close()
  await drop()
})

test('errors of other kinds, and what is no error, are not taken for it', () => {
  for (const other of [
    new Error('no'),
    new TypeError('x is undefined'),
    'ECONNREFUSED',
    undefined,
    { code: '57P01' },
  ]) {
    assert.equal(isDatabaseDown(other), false)
  }
  for (const code of ['57P01', '57P03', '53300', '08006', '40001', '25P03']) {
    assert.equal(isDatabaseDown(Object.assign(new Error('said by Postgres'), { code })), true, code)
  }
  for (const code of ['23505', '42601', '22001', 'ENOENT', '08']) {
    assert.equal(isDatabaseDown(Object.assign(new Error('said by others'), { code })), false, code)
  }
})
