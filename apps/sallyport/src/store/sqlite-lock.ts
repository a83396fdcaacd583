import { hostname } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { createPrivateFile } from './private-file.ts'
import { readInstanceFile } from './instance-file.ts'

const SQLITE_BUSY = 5
const MAX_ATTEMPTS = 20

interface Holder {
  readonly pid: number
  readonly host: string
}

/** Another process works on this SQLite file. */
export class DatabaseLocked extends Error {
  override readonly name = 'DatabaseLocked'
  readonly file: string
  readonly pid: number | undefined
  readonly adminUrl: string | undefined

  constructor(file: string, holder: Holder | undefined, adminUrl: string | undefined) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process'
    const where = adminUrl ? `, whose admin API is at ${adminUrl}` : ''
    super(
      `The database ${file} is in use by ${who}${where}. ` +
        'A SQLite database serves one Sallyport at a time: stop that one first, or use Postgres for several.',
    )
    this.file = file
    this.pid = holder?.pid
    this.adminUrl = adminUrl
  }
}

/**
 * Holds `PATH-lock` until released or until the process dies, however it dies: the lock is the operating system's.
 * The file is itself a SQLite database with an open write transaction, which others can read the holder through.
 * Nothing else may open it in this process: POSIX drops a process's file locks when it closes any handle of the file.
 */
export async function lockDatabase(file: string): Promise<{ release(): void }> {
  const lockFile = `${file}-lock`
  createPrivateFile(lockFile)
  const lock = new DatabaseSync(lockFile, { timeout: 0 })
  try {
    hold(lock, { pid: process.pid, host: hostname() })
  } catch (error) {
    const holder = findHolder(lock)
    lock.close()
    throw isBusy(error) ? new DatabaseLocked(file, holder, await findAdminUrl(file, holder)) : error
  }
  return { release: () => lock.close() }
}

/** To be read by others, the holder's name must be committed before the transaction that is the lock. */
function hold(lock: DatabaseSync, { pid, host }: Holder): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    lock.exec('begin immediate')
    const named = findHolder(lock)
    if (named?.pid === pid && named.host === host) return
    lock.exec('create table if not exists holder (id integer primary key, pid integer not null, host text not null)')
    lock.prepare('insert or replace into holder values (1, ?, ?)').run(pid, host)
    lock.exec('commit')
  }
  throw Object.assign(new Error('Others kept taking the lock.'), { errcode: SQLITE_BUSY })
}

function findHolder(lock: DatabaseSync): Holder | undefined {
  try {
    return lock.prepare('select pid, host from holder').get() as Holder | undefined
  } catch {
    return undefined // no such table yet, or its first writer is just committing
  }
}

async function findAdminUrl(file: string, holder: Holder | undefined): Promise<string | undefined> {
  const instance = await readInstanceFile(file).catch(() => undefined)
  return instance && instance.pid === holder?.pid ? instance.adminUrl : undefined
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && (error as { errcode?: unknown }).errcode === SQLITE_BUSY
}
