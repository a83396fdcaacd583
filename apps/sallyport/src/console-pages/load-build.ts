import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CONTENT_TYPES, isText } from './content-types.ts'

export interface BuiltFile {
  readonly bytes: Buffer<ArrayBuffer>
  readonly gzipped: Buffer<ArrayBuffer> | undefined
  readonly type: string
  readonly etag: string
  /** Its name has a hash of what is in it. */
  readonly isHashed: boolean
}

export interface Build {
  readonly index: string
  /** By path, as a browser asks for it. What is not in here does not exist. */
  readonly files: ReadonlyMap<string, BuiltFile>
  readonly builtAt: number
}

const MAX_FILES = 1_000
const MAX_BYTES = 64 * 1024 * 1024
const compress = promisify(gzip)

/** All of a build, in memory: nothing that a browser sends ever becomes the name of a file. Undefined when there is none. */
export async function loadBuild(folder: string): Promise<Build | undefined> {
  const builtAt = await builtAtOf(folder)
  if (builtAt === undefined) return undefined
  const files = new Map<string, BuiltFile>()
  let index = ''
  let size = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file).split(path.sep).join('/')
    const type = CONTENT_TYPES[path.extname(entry.name)]
    // Links would lead out of the folder; names that begin with a dot are nobody's business.
    if (!entry.isFile() || type === undefined || /(?:^|\/)\./.test(name)) continue
    const bytes = await readFile(file)
    size += bytes.byteLength
    if (files.size >= MAX_FILES || size > MAX_BYTES)
      throw new Error(`${folder} is too large for a build of the console`)
    if (name === 'index.html') index = bytes.toString()
    else files.set(`/${name}`, await toBuiltFile(name, bytes, type))
  }
  return { index, files, builtAt }
}

/** Changes with each build. */
export const builtAtOf = (folder: string): Promise<number | undefined> =>
  stat(path.join(folder, 'index.html')).then(
    ({ mtimeMs }) => mtimeMs,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
      throw error
    },
  )

async function toBuiltFile(name: string, bytes: Buffer<ArrayBuffer>, type: string): Promise<BuiltFile> {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  const gzipped = isText(type) ? await compress(bytes) : undefined
  const isHashed = /^assets\/.*-[\w-]{8}\.\w+$/.test(name) // as Vite names them
  return { bytes, gzipped: gzipped && Buffer.from(gzipped), type, etag, isHashed }
}
