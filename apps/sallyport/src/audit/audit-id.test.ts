import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptIdOf, nextAuditId, requestIdOf } from './audit-id.ts'

test('ids are distinct UUIDs of version 7 that sort in the order of making, whatever the clock does', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => nextAuditId(1_800_000_000_000 - (index % 3)))
  assert.deepEqual([...new Set(ids)].sort(), ids)
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('the id of an attempt is a UUID of its own that leads back to the request', () => {
  const requestId = nextAuditId(1_800_000_000_000)
  const attemptId = attemptIdOf(requestId)
  assert.match(attemptId, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(requestIdOf(attemptId), requestId)
})
