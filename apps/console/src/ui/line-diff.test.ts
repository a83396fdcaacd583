/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diffLines } from './line-diff.ts'

const MARKS = { same: ' ', removed: '-', added: '+' }
const diff = (before: string, after: string) =>
  diffLines(before, after)
    .map(({ kind, text }) => `${MARKS[kind]}${text}`)
    .join('|')

test('a diff keeps what both have, and marks what only one has', () => {
  assert.equal(diff('a\nb\nc', 'a\nx\nc'), ' a|-b|+x| c')
  assert.equal(diff('a\nb', 'a\nb'), ' a| b')
  assert.equal(diff('', 'a\nb'), '+a|+b')
  assert.equal(diff('a', ''), '-a')
  assert.equal(diff('', ''), '')
  assert.equal(diff('a\nb\na', 'b\na\nb'), '-a| b| a|+b')
})

test('applied to what was before, a diff gives what is after', () => {
  const texts = ['a\nb\nc\nd', 'd\nc\nb\na', 'a\na\na', 'x\na\ny\nb', '']
  for (const before of texts)
    for (const after of texts) {
      const lines = diffLines(before, after)
      const side = (without: string) => lines.flatMap(({ kind, text }) => (kind === without ? [] : [text])).join('\n')
      assert.deepEqual([side('added'), side('removed')], [before, after])
    }
})

test('texts without end in common are given up on, in time', () => {
  const long = (prefix: string) => Array.from({ length: 20_000 }, (_, index) => `${prefix}${index}`).join('\n')
  assert.equal(diffLines(long('a'), long('b')).length, 40_000)
})
