import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { freshFile } from '../../../../test/support/each-store.ts'
import { instanceFilePath, readInstanceFile, removeInstanceFile, writeInstanceFile } from './instance-file.ts'

const INSTANCE = { pid: 1, adminUrl: 'http://127.0.0.1:1', operatorToken: 'secret' }

test('the instance file is for its owner alone, is replaced whole, and can be removed', async () => {
  const { path, drop } = await freshFile()
  await writeFile(instanceFilePath(path), '', { mode: 0o644 })
  await writeInstanceFile(path, INSTANCE)
  await writeInstanceFile(path, { ...INSTANCE, pid: 2 })
  assert.equal((await stat(instanceFilePath(path))).mode & 0o777, 0o600)
  assert.deepEqual(await readInstanceFile(path), { ...INSTANCE, pid: 2 })
  await removeInstanceFile(path)
  await removeInstanceFile(path)
  assert.equal(await readInstanceFile(path), undefined)
  await drop()
})

test('a file that is not an instance is none', async () => {
  const { path, drop } = await freshFile()
  for (const text of ['', 'null', '{', '[]', '{"pid":"1","adminUrl":"","operatorToken":""}']) {
    await writeFile(instanceFilePath(path), text)
    assert.equal(await readInstanceFile(path), undefined, text)
  }
  await drop()
})
