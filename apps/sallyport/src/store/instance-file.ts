import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'

/** How the CLI reaches the Sallyport that holds the database. The token is for the machine's own operator. */
export interface InstanceFile {
  pid: number
  adminUrl: string
  operatorToken: string
}

export function instanceFilePath(databasePath: string): string {
  return `${databasePath}-instance`
}

export async function writeInstanceFile(databasePath: string, instance: InstanceFile): Promise<void> {
  const path = instanceFilePath(databasePath)
  const draft = `${path}-${randomUUID()}`
  // Renamed into place: a reader sees the whole file or none, and an old file's mode is not inherited.
  await writeFile(draft, JSON.stringify(instance), { mode: 0o600, flag: 'wx' })
  await rename(draft, path)
}

/** What is written there, if it is an instance. Whether that one still runs, the database's lock tells. */
export async function readInstanceFile(databasePath: string): Promise<InstanceFile | undefined> {
  const text = await readFile(instanceFilePath(databasePath), 'utf8').catch(undefinedWhenMissing)
  return text === undefined ? undefined : toInstance(text)
}

export async function removeInstanceFile(databasePath: string): Promise<void> {
  await rm(instanceFilePath(databasePath), { force: true })
}

function toInstance(text: string): InstanceFile | undefined {
  const { pid, adminUrl, operatorToken } = parse(text)
  const isInstance = Number.isSafeInteger(pid) && typeof adminUrl === 'string' && typeof operatorToken === 'string'
  return isInstance ? ({ pid, adminUrl, operatorToken } as InstanceFile) : undefined
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
