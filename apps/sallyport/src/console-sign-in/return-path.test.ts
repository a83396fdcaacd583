import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toReturnPath } from './return-path.ts'

test('a path of the console is kept with its query and its fragment', () => {
  for (const path of ['/', '/t/acme/members', '/audit?from=1&to=2#row', '/a//b', '/consoles', '/apis?x=/api']) {
    assert.equal(toReturnPath(path), path)
  }
  assert.equal(toReturnPath('/a/../b'), '/b')
})

test('whatever a browser could take for another place is the first page', () => {
  const elsewhere = [
    undefined,
    '',
    'a',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '/a\\b',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2E//evil.example',
    '/%2e%2e//evil.example',
    ' /a',
    '/a b',
    '/\n/evil.example',
    '/é',
    'https:evil.example',
    'https://console.invalid/a',
    'data:text/html,x',
    `/${'a'.repeat(500)}`,
    '/console',
    '/console/sign-out',
    '/api/v1/teamspaces',
    '/a/../api/v1',
    '/%2e/api/v1',
    '/scim/v2',
    '/metrics',
  ]
  for (const text of elsewhere) assert.equal(toReturnPath(text), '/', String(text))
})
