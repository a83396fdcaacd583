/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeScopes, EVERYTHING, toScopes } from './token-scopes.ts'

test('a token for everything is minted without scopes', () => {
  assert.equal(toScopes(EVERYTHING), undefined)
})

test('servers narrow, and then all of their tools are named', () => {
  assert.deepEqual(toScopes({ ...EVERYTHING, servers: ['findings'] }), ['server:findings', 'tools:*'])
})

test('names are beside a class, or alone', () => {
  const choice = { servers: [], names: ['export'] }
  assert.deepEqual(toScopes({ ...choice, tools: 'read' }), ['class:read', 'tool:export'])
  assert.deepEqual(toScopes({ ...choice, tools: 'named' }), ['tool:export'])
})

test('scopes are said in words', () => {
  assert.equal(describeScopes(null), 'everything its role may')
  assert.equal(
    describeScopes(['class:read', 'tool:export', 'server:a', 'server:b']),
    'tools that read and export on a and b',
  )
  assert.equal(describeScopes(['server:a', 'tools:*']), 'all tools on a')
})
