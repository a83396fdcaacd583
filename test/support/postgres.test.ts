import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { startCluster } from './postgres-cluster.ts'
import { freshDatabase } from './postgres.ts'

const execute = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('./postgres-cluster-process.ts', import.meta.url))
const CLUSTER = new URL('./postgres-cluster.ts', import.meta.url).href

test('each database is empty and apart from the others, and is gone when dropped', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()])
  await query(one.url, 'create table t (id text)')
  await assert.rejects(query(two.url, 'select * from t'), /does not exist/)
  await Promise.all([one.drop(), two.drop()])
  await assert.rejects(query(one.url, 'select 1'), /does not exist/)
})

test('a cluster ends with the process that started it, even when that is killed', async () => {
  const source = `const { startCluster } = await import(${JSON.stringify(CLUSTER)})
    console.log((await startCluster()).url); setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await firstLine(owner.stdout)
  await query(url, 'select 1')
  owner.kill('SIGKILL')
  await untilUnreachable(url)
})

test('an orphan, whose keeper was killed, is stopped by the next start', async () => {
  const keeper = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
  const orphan = await firstLine(keeper.stdout)
  keeper.kill('SIGKILL')
  await once(keeper, 'exit')
  await query(orphan, 'select 1') // it survived its keeper
  const next = await startCluster()
  await untilUnreachable(orphan)
  await query(next.url, 'select 1')
  await next.stop()
  await untilUnreachable(next.url)
})

test('a file that never stops its cluster ends all the same', async () => {
  const source = `const { startCluster } = await import(${JSON.stringify(CLUSTER)}); console.log((await startCluster()).url)`
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', source], { timeout: 10_000 })
  await untilUnreachable(stdout.trim())
})

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [chunk] = await once(stream, 'data')
  return String(chunk).trim()
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

async function untilUnreachable(url: string): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end; await sleep(50)) {
    const reached = await query(url, 'select 1').then(Boolean.bind(null, true), () => false)
    if (!reached) return
  }
  assert.fail('The cluster is still there.')
}
