import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installation } from './installation.fixture.ts'

test('B-02 a a SCIM token is shown once, listed by its beginning, and ended', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  assert.equal((await run('scim', 'token', 'list', 'acme')).out, 'acme has no SCIM tokens yet.')
  const created = await run('scim', 'token', 'create', 'acme', '--name', 'Entra', '--expires-in-days', '30')
  assert.match(created.out, /^scim_[\w-]{43}\nThis is the SCIM token "Entra" .* not be shown again\./)
  const [token = ''] = created.out.split('\n')
  const listed = await run('scim', 'token', 'list', 'acme')
  assert.ok(!listed.out.includes(token))
  const [id = '', prefix, name, connection, state] = listed.out.split('\t')
  assert.deepEqual([prefix, name, connection], [`${token.slice(0, 12)}…`, 'Entra', 'entra'])
  assert.match(state ?? '', /^never used, until 20/)
  assert.equal((await run('scim', 'token', 'revoke', 'acme', id)).out, `Revoked SCIM token ${id} of acme.`)
  assert.match((await run('scim', 'token', 'list', 'acme')).out, /\trevoked$/)
  assert.notEqual((await run('scim', 'token', 'create', 'acme', '--name', 'x', '--connection', 'kubernetes')).code, 0)
  assert.equal((await run('scim', 'token', 'list', 'nobody')).err, 'sallyport: There is no such teamspace')
})
