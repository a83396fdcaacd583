import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { loadConfig } from '../config/load-config.ts'
import { runCli } from './run-cli.ts'

/** For tests: a folder with `init` done, and a way to run command lines in it. */
export async function installation(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-cli-'))
  t.after(() => rm(folder, { recursive: true }))
  const config = path.join(folder, 'sallyport.yaml')
  async function run(...args: string[]) {
    const lines = { out: [] as string[], err: [] as string[] }
    const code = await runCli([...args, '--config', config], {
      env: {},
      loadConfig,
      fetch,
      now: Date.now,
      out: (line) => lines.out.push(line),
      err: (line) => lines.err.push(line),
    })
    return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
  }
  assert.equal((await run('init')).code, 0)
  return { folder, config, run }
}
