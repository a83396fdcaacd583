import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API, connection, OTHER_TENANT, TENANT } from '../../test/fake-entra.ts'
import { localSource } from './local-source.ts'

test('D-09 a connection is found by tenant and audience together', async () => {
  const mine = connection()
  const theirs = connection({ tenantId: OTHER_TENANT, teamspaceId: 'team-b' })
  const source = localSource([mine, theirs])
  assert.equal(source.find(TENANT, API), mine)
  assert.equal(source.find(OTHER_TENANT, API), theirs)
  assert.equal(source.find(TENANT, OTHER_TENANT), undefined)
})

test('a function serves as a source', async () => {
  assert.deepEqual(await localSource(async () => connection()).find(TENANT, API), connection())
})

for (const [what, wrong] of Object.entries({
  'a tenant that is no GUID': { tenantId: '../../evil' },
  'a tenant in upper case': { tenantId: 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA' },
  'personal accounts': { tenantId: '9188040d-6c67-4c5b-b112-36a304b66dad' },
  'an audience that is no client id': { audience: 'https://api.example' },
})) {
  test(`S1-15, S1-50 ${what} is refused when the source is made`, () => {
    assert.throws(() => localSource([connection(wrong)]), TypeError)
  })
}

test('S1-76 two connections for one (tid, aud) are refused when the source is made', () => {
  assert.throws(() => localSource([connection(), connection({ audience: API.toUpperCase() })]), TypeError)
})
