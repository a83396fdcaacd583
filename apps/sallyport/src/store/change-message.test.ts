import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from './change-feed.ts'
import { decodeChanges, encodeChanges } from './change-message.ts'

const EVERYTHING: Change[] = [{ kind: 'everything' }]

test('changes arrive as they were sent', () => {
  const kinds = ['teamspace', 'connection', 'member', 'mcp_token', 'policy', 'tools'] as const
  const changes: Change[] = [...kinds.map((kind) => ({ kind, teamspaceId: 't' })), { kind: 'everything' }]
  const message = { origin: 'o', changes }
  assert.deepEqual(decodeChanges(encodeChanges(message)), message)
})

test('a message never exceeds what Postgres can notify: it says "everything" instead', () => {
  const changes: Change[] = [{ kind: 'member', teamspaceId: 'ß'.repeat(4000) }]
  const payload = encodeChanges({ origin: 'o', changes })
  assert.ok(Buffer.byteLength(payload) < 8000)
  assert.deepEqual(decodeChanges(payload), { origin: 'o', changes: EVERYTHING })
})

test('a message that cannot be read means "everything", whoever sent it', () => {
  const texts = [undefined, '', '{', 'null', '{}', '{"origin":"o","changes":{}}', '{"origin":"o","changes":[null]}']
  for (const text of texts) assert.deepEqual(decodeChanges(text).changes, EVERYTHING, text)
  assert.deepEqual(decodeChanges('{"origin":"o","changes":[{"kind":"new","teamspaceId":"t"}]}').changes, EVERYTHING)
})
