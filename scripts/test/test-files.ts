import { glob, stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ALL = ['packages', 'apps', 'examples', 'test', 'scripts', 'bench']
const UNIT = ['packages/*/src', 'apps/*/src', 'examples/*/src', 'scripts']

export interface Selection {
  /** Only the tests that stand beside the sources. */
  readonly unitOnly: boolean
  /** Only these files and what is in these folders; all when empty. */
  readonly paths: readonly string[]
  readonly root?: string
}

/** Absolute paths: first those of whole parts, which take longest, so that no long one is left over at the end; each sorted. */
export async function findTestFiles({ unitOnly, paths, root = ROOT }: Selection): Promise<string[]> {
  const patterns = (unitOnly ? UNIT : ALL).map((folder) => `${folder}/**/*.test.ts`)
  const files: string[] = []
  for await (const file of glob(patterns, { cwd: root, exclude: (name) => name.split(sep).includes('node_modules') })) {
    files.push(resolve(root, file))
  }
  const asked = paths.length === 0 ? files : files.filter((file) => paths.some((path) => isWithin(file, resolve(path))))
  const [whole = [], single = []] = [true, false].map((isWhole) =>
    asked.filter((file) => isWithin(file, resolve(root, 'test')) === isWhole),
  )
  return [...whole.sort(), ...single.sort()]
}

/** An argument that exists in the file system is a path; any other is a pattern of test names. */
export async function sortArguments(args: readonly string[]): Promise<{ paths: string[]; namePatterns: string[] }> {
  const exists = await Promise.all(args.map((argument) => stat(argument).then(Boolean, () => false)))
  return {
    paths: args.filter((_, index) => exists[index]),
    namePatterns: args.filter((_, index) => !exists[index]),
  }
}

function isWithin(file: string, path: string): boolean {
  const way = relative(path, file)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`))
}
