import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installation } from './installation.fixture.ts'
import { print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

test('names that servers and callers chose cannot move the cursor, hide or reverse what a command prints', async (t) => {
  const name = 'a\u001b[2Jb\u009b1mc\u202ed\r\u{e0041}'
  const printed: string[] = []
  const terminal = { out: (line: string) => printed.push(line) } as unknown as Terminal
  const report = { lines: [`read\t${name}`], json: { name } }
  print(terminal, report, false)
  print(terminal, report, true)
  assert.equal(printed[0], 'read\ta\\u001b[2Jb\\u009b1mc\\u202ed\\u000d\\udb40\\udc41')
  assert.doesNotMatch(printed[1]!.replaceAll('\n', ''), UNSEEN)
  assert.deepEqual(JSON.parse(printed[1]!), { name })

  const { err } = await (await installation(t)).run('token', 'list', 'no\u009b2Jne')
  assert.doesNotMatch(err.replaceAll('\n', ''), UNSEEN)
})
