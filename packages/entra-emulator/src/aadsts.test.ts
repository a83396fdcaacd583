import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { AADSTS } from './aadsts.ts'

const TITLE = /\btest\(\s*(['"`])(.*?)\1,/gs

async function testTitles(): Promise<string> {
  const titles: string[] = []
  for await (const path of glob('**/*.test.ts', { cwd: import.meta.dirname }))
    for (const [, , title = ''] of (await readFile(`${import.meta.dirname}/${path}`, 'utf8')).matchAll(TITLE))
      titles.push(title)
  return titles.join('\n')
}

test('each code of the table is reached by a test that has it in its title', async () => {
  const titles = await testTitles()
  const ordered = /ORDERED_ONLY: readonly AadstsCode\[\] = \[([^\]]*)\]/.exec(
    await readFile(`${import.meta.dirname}/control/faults.test.ts`, 'utf8'),
  )?.[1]
  const reached = new Set([...titles.matchAll(/AADSTS(\d+)/g)].map(([, code]) => code))
  for (const code of ordered?.split(',') ?? []) reached.add(code.trim())
  assert.deepEqual(Object.keys(AADSTS).filter((code) => !reached.has(code)), []) // prettier-ignore
})

test('each code has words of one sentence or two, and an OAuth error', () => {
  for (const { error, status, says } of Object.values(AADSTS)) {
    assert.match(error, /^[a-z_]+$/)
    assert.match(says, /^[A-Z'].*\.$/)
    assert.ok([400, 401, 429].includes(status))
  }
})
