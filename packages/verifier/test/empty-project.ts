import { execFile } from 'node:child_process'
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { buildVerifier } from '../../../scripts/build-verifier.ts'

const run = promisify(execFile)
const MODULES = path.join(import.meta.dirname, '../../../node_modules')

/** An npm that asks no registry, finds no cache, and takes nothing from whoever runs this test. */
const npm = (cwd: string, ...args: string[]) =>
  run('npm', [...args, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, npm_config_cache: path.join(cwd, '.npm') },
  })

async function pack(folder: string, into: string): Promise<string> {
  const { stdout } = await npm(into, 'pack', folder, '--json')
  const [packed] = JSON.parse(stdout) as [{ filename: string }]
  return path.join(into, packed.filename)
}

/** A project with nothing in it but the verifier, installed from its tarball, and jose from the workspace's. */
export async function createEmptyProject() {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'sallyport-package-')))
  const staged = path.join(root, 'staged')
  await buildVerifier(staged)
  const tarballs = await Promise.all([pack(staged, root), pack(path.join(MODULES, 'jose'), root)])
  await rm(staged, { recursive: true })
  await writeFile(path.join(root, 'package.json'), '{ "private": true }')
  await npm(root, 'install', ...tarballs)
  return {
    root,
    tarball: tarballs[0],
    write: (name: string, text: string) => writeFile(path.join(root, name), text),
    run: (program: string, ...args: string[]) => run(program, args, { cwd: root, env: {} }),
    /** Types that such a project has of its own. */
    addTypes: async () => {
      for (const name of ['@types/node', 'undici-types']) {
        await cp(path.join(MODULES, name), path.join(root, 'node_modules', name), { recursive: true })
      }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  }
}
