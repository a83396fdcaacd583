import { readFile } from 'node:fs/promises'
import { glob } from 'node:fs/promises'
import path from 'node:path'
import { findCycle } from './import-cycles.ts'
import { RULES } from './boundaries.ts'

/**
 * Holds every import of the sources against the table in `boundaries.ts`, and refuses import cycles. Type imports count:
 * a part that knows another's types knows the other.
 */
const SOURCES = ['packages/*/src/**/*.{ts,tsx}', 'apps/*/src/**/*.{ts,tsx}', 'examples/*/src/**/*.{ts,tsx}']
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

/** Workspace packages, by the name that others import them by. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@sallyport/verifier': 'packages/verifier/src/index.ts',
  'entra-emulator': 'packages/entra-emulator/src/index.ts',
  findings: 'examples/findings/src/index.ts',
  'identity-provider': 'examples/identity-provider/src/index.ts',
  'kubernetes-emulator': 'packages/kubernetes-emulator/src/index.ts',
}

export async function readImports(root: string): Promise<Map<string, string[]>> {
  const imports = new Map<string, string[]>()
  for await (const file of glob(SOURCES, { cwd: root, exclude: (name) => name === 'node_modules' })) {
    if (/\.test\.tsx?$/.test(file)) continue
    const text = await readFile(path.join(root, file), 'utf8')
    const specifiers = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]!)
    imports.set(
      file,
      specifiers.flatMap((specifier) => resolveSpecifier(file, specifier)),
    )
  }
  return imports
}

function resolveSpecifier(from: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return [path.posix.join(path.posix.dirname(from), specifier)]
  return PACKAGES[specifier] === undefined ? [] : [PACKAGES[specifier]]
}

export function findBreaches(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const breaches: string[] = []
  for (const [from, targets] of imports) {
    for (const to of targets) {
      const rule = RULES.find(({ of, never, except }) => of.test(from) && never.test(to) && !except?.test(to))
      if (rule) breaches.push(`${from} imports ${to}: ${rule.why}`)
    }
  }
  const cycle = findCycle(imports)
  return cycle ? [...breaches, `import cycle: ${cycle.join(' → ')}`] : breaches
}

if (import.meta.main) {
  const imports = await readImports(process.cwd())
  const breaches = findBreaches(imports)
  breaches.forEach((breach) => console.error(breach))
  if (breaches.length === 0) console.log(`${imports.size} files keep to the boundaries`)
  process.exitCode = breaches.length === 0 ? 0 : 1
}
