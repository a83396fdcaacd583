import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserName } from './browser-name.ts'

test('a session is named by browser and system, whatever else the browser claims to be', () => {
  const edge =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0'
  assert.equal(browserName(edge), 'Edge on Windows')
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
  assert.equal(browserName(safari), 'Safari on iPhone')
})

test('a session of something unknown is a browser, and its text is not repeated', () => {
  assert.equal(browserName('curl/8.5'), 'A browser')
  assert.equal(browserName(null), 'A browser')
})
