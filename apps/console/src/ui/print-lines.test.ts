/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printLines } from './print-lines.ts'

test('a value is printed in lines of which only those differ that say something else', () => {
  const rule = { name: 'a', tools: ['x', 'y'], unless: { scopes: ['s'] }, dryRun: true, gone: undefined, none: null }
  assert.equal(printLines(rule), 'name: "a"\ntools: ["x", "y"]\nunless:\n  scopes: ["s"]\ndryRun: true\nnone: null')
  assert.equal(
    printLines({ rules: [{ name: 'a', who: { roles: [] } }, 'b'] }),
    'rules:\n  - name: "a"\n    who:\n      roles: []\n  - "b"',
  )
})

test('long lists are a line an item, and text is itself', () => {
  const long = ['x'.repeat(60), 'y'.repeat(60)]
  assert.equal(printLines({ long }), `long:\n  - "${long[0]}"\n  - "${long[1]}"`)
  assert.deepEqual([undefined, 'a policy that could not be read', 7, []].map(printLines), [
    '',
    'a policy that could not be read',
    '7',
    '',
  ])
})
