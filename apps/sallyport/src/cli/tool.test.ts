import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installation } from './installation.fixture.ts'

test('before anybody asked a server for its tools, the list says how they come to be known', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  assert.match((await run('tool', 'list', 'acme')).out, /^No tools are known yet: .* asks a server for its list\.$/)
  assert.equal((await run('tool', 'list', 'nobody')).err, 'sallyport: There is no such teamspace')
})
