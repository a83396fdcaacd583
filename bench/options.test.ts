import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions, PARTS } from './options.ts'

test('without options everything is measured', () => {
  const options = readOptions([])
  assert.ok(options !== 'help')
  assert.deepEqual([options.starts, options.rounds, options.seconds, options.streams], [3, 3, 3, 5000])
  assert.deepEqual(options.only, PARTS)
})

test('--quick gives way to what is said beside it', () => {
  const options = readOptions(['--quick', '--rounds', '5', '--only', 'node, gate'])
  assert.ok(options !== 'help')
  assert.deepEqual([options.starts, options.rounds, options.seconds, options.only], [1, 5, 1, ['node', 'gate']])
})

test('unknown rows and senseless numbers are refused', () => {
  assert.throws(() => readOptions(['--only', 'apache']), /no row "apache"/)
  assert.throws(() => readOptions(['--rounds', '0']), /--rounds/)
  assert.throws(() => readOptions(['--starts', '0']), /--starts/)
  assert.throws(() => readOptions(['--seconds', 'many']), /--seconds/)
})
