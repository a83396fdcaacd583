import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitsPattern } from './tool-pattern.ts'

test('a pattern is a name, in which * stands for anything', () => {
  const fitting = { search: 'search', '*': '', 'a*': 'a', '*a': 'bca', 'a*b*c': 'a-b-b-c', '*b*': 'abc', 'a**c': 'ac' }
  for (const [pattern, name] of Object.entries(fitting)) assert.equal(fitsPattern(pattern, name), true, pattern)
  const misfits = { search: 'Search', 'a*a': 'a', 'ab*bc': 'abc', 'a*b*c': 'acb', '*b*b*': 'abc', 'a.c': 'abc' }
  for (const [pattern, name] of Object.entries(misfits)) assert.equal(fitsPattern(pattern, name), false, pattern)
})

test('no name makes it work long', () => {
  const begun = performance.now()
  assert.equal(fitsPattern(`${'*a'.repeat(60)}*b`, 'a'.repeat(4_000_000)), false)
  assert.ok(performance.now() - begun < 500)
})
