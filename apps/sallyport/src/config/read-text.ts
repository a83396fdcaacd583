import { readFile } from 'node:fs/promises'

/** A file that the configuration names. Throws with its place, and never with anything that is in it. */
export const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${error.code ?? error.message})`
    throw new Error(`${file}: ${why}`, { cause: error })
  })
