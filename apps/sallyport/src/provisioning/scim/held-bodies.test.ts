import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BodiesFull, createHeldBodies, MAX_BODY_BYTES } from './held-bodies.ts'

const MIB = 1024 * 1024

test('one teamspace fills its own share, and all together theirs; what is released is there again', () => {
  const full: string[] = []
  const bodies = createHeldBodies(256 * MIB, (teamspaceId) => full.push(teamspaceId)) // 64 for all, 16 for one
  const greedy = bodies.open('greedy')
  greedy.hold(12 * MIB)
  const second = bodies.open('greedy')
  second.hold(4 * MIB)
  assert.throws(() => second.hold(1), BodiesFull)
  const others = ['a', 'b', 'c'].map((teamspaceId) => bodies.open(teamspaceId))
  for (const other of others) other.hold(16 * MIB)
  assert.throws(() => bodies.open('d').hold(1), BodiesFull)
  assert.deepEqual(full, ['greedy', 'd'])

  greedy.release()
  greedy.release() // once is enough
  bodies.open('d').hold(12 * MIB)
  assert.throws(() => bodies.open('d').hold(1), BodiesFull)
})

test('one body of full length has room, however little there is', () => {
  const bodies = createHeldBodies(MIB)
  const only = bodies.open('one')
  only.hold(MAX_BODY_BYTES)
  assert.throws(() => bodies.open('other').hold(1), BodiesFull)
  only.release()
  bodies.open('other').hold(MAX_BODY_BYTES)
})
