import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../../test/support/run-watched.ts', import.meta.url))

const PASSES = `import { test } from 'node:test'; test('passes', () => {})`
const FAILS = `import { test } from 'node:test'; test('fails', () => { throw new Error('no') })`
const NEVER_ENDS = `${PASSES}; setInterval(() => {}, 1000)`

test('a run whose tests pass has no problems', async () => {
  assert.deepEqual(await problemsOf({ 'a.test.mjs': PASSES }), [])
})

test('a failing test is a problem', async () => {
  assert.deepEqual(await problemsOf({ 'a.test.mjs': PASSES, 'b.test.mjs': FAILS }), ['A test failed.'])
})

test('a file without a test is a problem, and so is a run without any', async () => {
  const [problem, ...others] = await problemsOf({ 'a.test.mjs': PASSES, 'b.test.mjs': '' })
  assert.match(problem ?? '', /^No test ran in .*b\.test\.mjs\.$/)
  assert.deepEqual(others, [])
  assert.deepEqual(await problemsOf({ 'a.test.mjs': '' }), ['No test ran.'])
})

test('a pattern that matches no test is a problem; a file it does not match is none', async () => {
  const other = PASSES.replace('passes', 'another')
  assert.deepEqual(await problemsOf({ 'a.test.mjs': PASSES, 'b.test.mjs': other }, 'passes'), [])
  assert.deepEqual(await problemsOf({ 'a.test.mjs': PASSES }, 'nothing like it'), ['No test ran.'])
})

test('a file that never ends is stopped and named', async () => {
  const problems = await problemsOf({ 'a.test.mjs': NEVER_ENDS })
  assert.match(problems.join(), /^Nothing happened for 1\.5 s\. Not finished: .*a\.test\.mjs/)
})

async function problemsOf(sources: Record<string, string>, pattern = ''): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-watch-run-'))
  try {
    const files = Object.keys(sources).map((name) => join(folder, name))
    for (const file of files) await writeFile(file, sources[basename(file)] ?? '')
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // else the runner believes itself to be one of its own children
    const { stdout } = await execute(process.execPath, [PROGRAM, pattern, ...files], { env })
    return JSON.parse(stdout)
  } finally {
    await rm(folder, { recursive: true })
  }
}
