import assert from 'node:assert/strict'
import { readdir, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { freshFile } from '../../../../test/support/each-store.ts'
import { TEST_SEALING_KEY as sealingKey } from '../../../../test/support/sealing-key.ts'
import { startStoreChild } from '../../../../test/support/store-child.ts'
import { writeInstanceFile } from './instance-file.ts'
import { DatabaseLocked } from './sqlite-lock.ts'
import { openStore } from './store.ts'

test('a second process is refused at once, and told which file, which process and what to do', async () => {
  const { url, path, drop } = await freshFile()
  const first = startStoreChild('hold', url)
  assert.equal(await first.firstLine(), 'open')
  const second = startStoreChild('hold', url)
  const refusal = (await second.firstLine()) ?? ''
  assert.match(refusal, /^DatabaseLocked /)
  for (const part of [path, `process ${first.pid} `, 'stop that one first']) assert.ok(refusal.includes(part), refusal)
  await Promise.all([first.kill(), second.kill()])
  await drop()
})

test('the database opens again when its process was killed', async () => {
  const { url, drop } = await freshFile()
  const first = startStoreChild('hold', url)
  assert.equal(await first.firstLine(), 'open')
  await assert.rejects(openStore({ url, sealingKey }), DatabaseLocked)
  await first.kill()
  await (await openStore({ url, sealingKey })).close()
  await drop()
})

test('a second open in the same process is refused, and does not loosen the lock of the first', async () => {
  const { url, drop } = await freshFile()
  const store = await openStore({ url, sealingKey })
  await assert.rejects(openStore({ url, sealingKey }), DatabaseLocked)
  const other = startStoreChild('hold', url)
  assert.match((await other.firstLine()) ?? '', /^DatabaseLocked /)
  await other.kill()
  await store.close()
  await (await openStore({ url, sealingKey })).close()
  await drop()
})

test('a symbolic link does not lead around the lock', async () => {
  const { url, path, drop } = await freshFile()
  const store = await openStore({ url, sealingKey })
  await symlink(path, `${path}-link`)
  await assert.rejects(openStore({ url: `${url}-link`, sealingKey }), DatabaseLocked)
  await store.close()
  await drop()
})

test('the refusal names the admin API of the process that holds the lock, and of no other', async () => {
  const { url, path, drop } = await freshFile()
  const store = await openStore({ url, sealingKey })
  const instance = { pid: process.pid, adminUrl: 'http://127.0.0.1:1', operatorToken: 'secret' }
  await writeInstanceFile(path, instance)
  const refusal = await openStore({ url, sealingKey }).catch((error) => error)
  assert.deepEqual([refusal.file, refusal.pid, refusal.adminUrl], [path, process.pid, instance.adminUrl])
  assert.ok(!refusal.message.includes('secret'))
  await writeInstanceFile(path, { ...instance, pid: process.pid + 1 })
  const another = await openStore({ url, sealingKey }).catch((error) => error)
  assert.equal(another.adminUrl, undefined)
  await store.close()
  await drop()
})

test('of many that start at once exactly one gets the database', async () => {
  const { url, drop } = await freshFile()
  const children = Array.from({ length: 4 }, () => startStoreChild('hold', url))
  const answers = await Promise.all(children.map((child) => child.firstLine()))
  assert.equal(answers.filter((answer) => answer === 'open').length, 1, String(answers))
  await Promise.all(children.map((child) => child.kill()))
  await drop()
})

test('every file is for its owner alone, missing folders are made, and commits reach the disk', async () => {
  const { path, drop } = await freshFile()
  const nested = join(dirname(path), 'data', 'sallyport.db')
  const store = await openStore({ url: `sqlite:${nested}`, sealingKey })
  await sql`create table t (id text)`.execute(store.db)
  const files = await readdir(dirname(nested))
  assert.deepEqual(files.sort(), ['sallyport.db', 'sallyport.db-lock', 'sallyport.db-shm', 'sallyport.db-wal'])
  for (const file of files) assert.equal((await stat(join(dirname(nested), file))).mode & 0o777, 0o600, file)

  const pragma = async (name: string) => Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0]!)[0]
  assert.deepEqual(
    [
      await pragma('journal_mode'),
      await pragma('synchronous'),
      await pragma('foreign_keys'),
      await pragma('busy_timeout'),
    ],
    ['wal', 2, 1, 5000],
  )
  await store.close()
  await drop()
})
