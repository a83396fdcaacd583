import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** One file for each running cluster, named after the process that looks after it; it says where the cluster is. */
const RECORDS = fileURLToPath(new URL('../../.tmp/test-postgres/', import.meta.url))
const MAX_WAIT_MS = 5000

export async function recordCluster(folder: string): Promise<void> {
  await mkdir(RECORDS, { recursive: true })
  await writeFile(join(RECORDS, String(process.pid)), folder)
}

export async function forgetCluster(): Promise<void> {
  await rm(join(RECORDS, String(process.pid)), { force: true })
}

/** Stops the clusters whose keeper was killed before it could stop them. */
export async function stopOrphans(): Promise<void> {
  const keepers = await readdir(RECORDS).catch(() => [])
  for (const keeper of keepers.filter((name) => !isRunning(Number(name)))) {
    const folder = await readFile(join(RECORDS, keeper), 'utf8').catch(() => '')
    if (!basename(folder).startsWith('sallyport-test-postgres-')) continue
    await stopPostgres(join(folder, 'data'))
    await rm(folder, { recursive: true, force: true })
    await rm(join(RECORDS, keeper), { force: true })
  }
}

async function stopPostgres(dataFolder: string): Promise<void> {
  const pidFile = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(pidFile.split('\n')[0])
  // The number may belong to someone else by now.
  if (!pid || !(await commandLine(pid)).includes(dataFolder)) return
  process.kill(pid, 'SIGINT') // "fast shutdown": does not wait for clients
  for (let waited = 0; isRunning(pid) && waited < MAX_WAIT_MS; waited += 50) await sleep(50)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function commandLine(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
}
