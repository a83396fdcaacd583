import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from './config.ts'

test('flags win over the environment, and clouds add up', () => {
  const env = { FINDINGS_PORT: '1', FINDINGS_HOST: '::1', FINDINGS_CLOUD: 'demo=http://127.0.0.1:8082' }
  const { port, host, auth } = readConfig(['--port=0', '--audience=a', '--audience=b'], env)
  assert.deepEqual([port, host, auth.allowedAudiences], [0, '::1', ['a', 'b']])
  assert.equal(auth.clouds['demo']?.authority, 'http://127.0.0.1:8082')
  assert.ok(auth.clouds['global'])
})

test('every problem is named at once', () => {
  const wrong = ['--port=x', '--connections-url=nowhere', '--cloud=demo']
  assert.throws(() => readConfig(wrong, {}), /--port.*\n--connections-url.*\n--cloud/)
  assert.throws(() => readConfig(['--unknown'], {}))
})
