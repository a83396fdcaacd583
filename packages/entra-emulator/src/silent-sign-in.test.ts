import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../test/harness.ts'
import { signInSilently } from './index.ts'

test('a test signs somebody in at any authorization URL, whatever prompt it asks for', async () => {
  await using world = await World.start()
  const url = world.authorizeUrl({ prompt: 'consent', login_hint: undefined })
  const back = await signInSilently(url, 'ben@acme.example')
  assert.equal(back.origin, 'http://localhost:7777')
  assert.ok(back.searchParams.get('code'))
  assert.equal((await signInSilently(url, 'nobody@acme.example')).searchParams.get('error'), 'login_required')
})

test('an error that is shown and not redirected becomes an error of the helper', async () => {
  await using world = await World.start()
  const url = world.authorizeUrl({ redirect_uri: 'https://evil.example/' })
  await assert.rejects(signInSilently(url, 'ben@acme.example'), /AADSTS50011/)
})
