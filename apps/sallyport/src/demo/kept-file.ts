import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'

/** What the file says, or what is made and put there: once, for this and all later starts. */
export async function keptIn(file: string, make: () => string | Promise<string>): Promise<string> {
  const kept = await findKept(file)
  if (kept !== undefined) return kept
  const made = await make()
  await writePrivate(file, `${made}\n`)
  return made
}

/** Undefined when there is no such file, or nothing in it. */
export async function findKept(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** For its owner alone, and whole or not at all. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

export const newSecret = () => randomBytes(32).toString('base64url')
