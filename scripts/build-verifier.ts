import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const ROOT = path.join(import.meta.dirname, '..')
const PACKAGE = path.join(ROOT, 'packages/verifier')
const run = promisify(execFile)

/**
 * Writes the package as it is published into `folder`: JavaScript and declarations, for Node strips no types below
 * node_modules. What stands in the workspace is private and exports its sources, so that nothing has to be built there.
 */
export async function buildVerifier(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const tsc = path.join(ROOT, 'node_modules/.bin/tsc')
  const project = path.join(PACKAGE, 'tsconfig.build.json')
  await run(tsc, ['--project', project, '--outDir', path.join(folder, 'lib')]).catch(({ stdout }) => {
    throw new Error(`tsc: ${stdout}`)
  })
  await copyFile(path.join(PACKAGE, 'README.md'), path.join(folder, 'README.md'))
  await copyFile(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'))
  const manifest = publishedManifest(await readFile(path.join(PACKAGE, 'package.json'), 'utf8'))
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

function publishedManifest(source: string) {
  const { private: _unpublished, devDependencies: _unused, ...manifest } = JSON.parse(source) as Record<string, unknown>
  return {
    ...manifest,
    types: './lib/index.d.ts',
    exports: {
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      './package.json': './package.json',
    },
    files: ['lib'],
  }
}

if (import.meta.main) {
  const folder = path.join(PACKAGE, 'dist')
  await buildVerifier(folder)
  console.log(`Built. To publish: npm publish ${path.relative(process.cwd(), folder)}`)
}
