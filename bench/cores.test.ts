import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedCores, assignCores } from './cores.ts'

test('cores are read as the kernel writes them', () => {
  assert.deepEqual(allowedCores('Name:\tnode\nCpus_allowed_list:\t0-2,5\n'), [0, 1, 2, 5])
})

test('upstream, proxy and load have cores of their own when there are enough', () => {
  assert.deepEqual(assignCores([0, 1, 2, 3]), { upstream: 0, proxy: 1, load: [2, 3], note: undefined })
})

test('with two cores the proxy still has its own, and the note says what is shared', () => {
  const { upstream, proxy, load, note } = assignCores([4, 6])
  assert.deepEqual([upstream, proxy, load], [4, 6, [4]])
  assert.match(note ?? '', /Two cores/)
})

test('without pinning there is one load process and a note', () => {
  const { proxy, load, note } = assignCores([])
  assert.deepEqual([proxy, load], [undefined, [undefined]])
  assert.ok(note)
})
