import { glob, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'

// node scripts/build-console.ts [--if-stale]: the console's static files, into apps/console/dist

const root = fileURLToPath(new URL('../apps/console/', import.meta.url))
const SOURCES = ['src/**/*', 'public/**/*', 'index.html', 'package.json', 'vite.config.ts']

const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean' } } })
if (!values['if-stale'] || (await isStale())) {
  console.log('Building the console …')
  await build({ root, logLevel: 'warn' })
}

async function isStale(): Promise<boolean> {
  const built = await stat(`${root}dist/index.html`).catch(() => undefined)
  if (!built) return true
  for await (const file of glob(SOURCES, { cwd: root }))
    if ((await stat(root + file)).mtimeMs > built.mtimeMs) return true
  return false
}
