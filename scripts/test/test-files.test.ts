import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { test, type TestContext } from 'node:test'
import { findTestFiles, sortArguments } from './test-files.ts'

test('every test file of ours is found, those of whole parts first, and none of a dependency', async (t) => {
  const root = await tree(t, [
    'apps/a/src/x.test.ts',
    'apps/a/src/x.ts',
    'apps/a/node_modules/d/y.test.ts',
    'test/z.test.ts',
  ])
  const files = await findTestFiles({ unitOnly: false, paths: [], root })
  assert.deepEqual(namesIn(root, files), ['test/z.test.ts', 'apps/a/src/x.test.ts'])
})

test('--unit keeps to the files beside the sources', async (t) => {
  const root = await tree(t, ['apps/a/src/x.test.ts', 'apps/a/test/y.test.ts', 'scripts/s.test.ts', 'test/z.test.ts'])
  const files = await findTestFiles({ unitOnly: true, paths: [], root })
  assert.deepEqual(namesIn(root, files), ['apps/a/src/x.test.ts', 'scripts/s.test.ts'])
})

test('a path selects its file or what is in its folder; anything else is a pattern of names', async (t) => {
  const root = await tree(t, ['test/a/x.test.ts', 'test/ab/y.test.ts'])
  const { paths, namePatterns } = await sortArguments([join(root, 'test/a'), 'a member'])
  assert.deepEqual(namePatterns, ['a member'])
  assert.deepEqual(namesIn(root, await findTestFiles({ unitOnly: false, paths, root })), ['test/a/x.test.ts'])
})

async function tree(t: TestContext, files: string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sallyport-test-files-'))
  t.after(() => rm(root, { recursive: true }))
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), '')
  }
  return root
}

function namesIn(root: string, files: string[]): string[] {
  return files.map((file) => relative(root, file))
}
