import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDenied } from '../denial.ts'
import { checkHeader } from './access-token-header.ts'

const isRefused = (header: Record<string, unknown>) => isDenied(checkHeader(header, ['RS256']))

test('S1-36 the algorithm is one of the list', () => {
  assert.deepEqual(checkHeader({ alg: 'RS256', kid: 'a' }, ['RS256']), { kid: 'a' })
  for (const alg of ['none', 'HS256', 'RS512', 'rs256', '', undefined, null, ['RS256']]) {
    assert.ok(isRefused({ alg, kid: 'a' }))
  }
})

test('S1-64 a kid is a name of bounded length, or no key set is asked for it', () => {
  assert.ok(!isRefused({ alg: 'RS256', kid: 'x'.repeat(256) }))
  for (const kid of ['', 'x'.repeat(257), undefined, null, 1, ['a']]) assert.ok(isRefused({ alg: 'RS256', kid }))
})
