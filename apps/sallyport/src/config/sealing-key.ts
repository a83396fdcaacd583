import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readText } from './read-text.ts'

interface KeySources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly keyFile: string | undefined
  readonly database: string
}

/**
 * The 32 bytes that encrypt secrets at rest: `SALLYPORT_KEY`, `SALLYPORT_KEY_FILE`, `keyFile`, or, for SQLite only,
 * a file made beside the database at first start. Throws when it is missing, malformed, or a sample.
 */
export async function sealingKey({ env, folder, keyFile, database }: KeySources): Promise<Uint8Array> {
  if (env.SALLYPORT_KEY !== undefined) return decodeKey(env.SALLYPORT_KEY, 'SALLYPORT_KEY')
  const named = env.SALLYPORT_KEY_FILE ?? keyFile
  if (named !== undefined) {
    const file = path.resolve(folder, named)
    const name = env.SALLYPORT_KEY_FILE === undefined ? 'keyFile' : 'SALLYPORT_KEY_FILE'
    const text = await readText(file).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error })
    })
    return decodeKey(text, file)
  }
  if (!database.startsWith('sqlite:'))
    throw new Error('SALLYPORT_KEY: needed with Postgres (32 bytes in base64; `openssl rand -base64 32` makes one)')
  if (database === 'sqlite::memory:') return randomBytes(32)
  return keyBeside(database.slice('sqlite:'.length))
}

async function keyBeside(databaseFile: string): Promise<Uint8Array> {
  const file = `${databaseFile}.key`
  await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new Error(`${file}: cannot be written, there is no such folder`)
      if (error.code !== 'EEXIST') throw new Error(`${file}: cannot be written (${error.code ?? error.message})`)
    },
  )
  return decodeKey(await readFile(file, 'utf8'), file)
}

function decodeKey(text: string, source: string): Uint8Array {
  const trimmed = text.trim()
  const bytes = Buffer.from(trimmed, 'base64')
  if (bytes.length !== 32 || bytes.toString('base64').replace(/=+$/, '') !== trimmed.replace(/=+$/, '')) {
    throw new Error(`${source}: must be 32 bytes in base64 (\`openssl rand -base64 32\` makes one)`)
  }
  // A key from a sample has few distinct bytes; 32 random ones have fewer than 12 about never (Kuadrant GHSA-g53w-w6mj-hrpp).
  if (new Set(bytes).size < 12)
    throw new Error(`${source}: looks like a sample key; make one with \`openssl rand -base64 32\``)
  return bytes
}
