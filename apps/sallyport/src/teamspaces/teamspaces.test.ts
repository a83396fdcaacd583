import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { addMember } from '../members/add-member.ts'
import type { Change } from '../store/change-feed.ts'
import { ANNA, aConnectedTeamspace, aTeamspace, accepted, editorOf, onBehalfOf } from './acme.fixture.ts'
import { createTeamspace } from './create-teamspace.ts'
import { newTeamspace } from './new-teamspace.ts'
import { removeTeamspace } from './remove-teamspace.ts'
import { createTeamspaceLookup } from './teamspace-lookup.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

test('a slug is a DNS label and no reserved word', () => {
  const accepts = (slug: string) => newTeamspace.safeParse({ slug }).success
  for (const slug of ['a', 'acme', 'a-1', '0', 'x'.repeat(63)]) assert.ok(accepts(slug), slug)
  for (const slug of ['', '-a', 'a-', 'A', 'a_b', 'a.b', 'ä', 'a\n', 'x'.repeat(64), 'api', 'well-known', 't']) {
    assert.ok(!accepts(slug), slug)
  }
})

test('a teamspace is called by its slug until it has a name, and a name is one line', () => {
  assert.deepEqual(newTeamspace.parse({ slug: 'acme' }), { slug: 'acme', name: 'acme' })
  assert.ok(!newTeamspace.safeParse({ slug: 'acme', name: 'a\nb' }).success)
  assert.ok(!newTeamspace.safeParse({ slug: 'acme', nam: 'a' }).success)
})

forEachStore('a slug belongs to one teamspace, also when two ask at once', async (_t, open) => {
  const store = await open()
  const both = await Promise.all(
    ['First', 'Second'].map((name) => createTeamspace(editorOf(store), { slug: 'acme', name })),
  )
  const refused = both.filter((outcome) => 'refused' in outcome)
  assert.deepEqual(refused, [{ refused: { code: 'conflict', field: 'slug', says: 'This slug is already taken' } }])
  const { length } = await listAudit(store, { limit: 10 })
  assert.equal(length, 1)
})

forEachStore('removing a teamspace removes all it owns and keeps its history', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
  accepted(await addMember(editorOf(store), 'acme', { email: 'anna@acme.example', objectId: ANNA }))
  const changes: Change[] = []
  store.changes.subscribe((change) => changes.push(change))

  const { id } = accepted(await removeTeamspace(editorOf(store), 'acme'))
  for (const table of [
    'teamspace',
    'connection',
    'connection_audience',
    'member',
    'identity',
    'identity_source',
  ] as const) {
    assert.deepEqual(await store.db.selectFrom(table).selectAll().execute(), [], table)
  }
  const actions = (await listAudit(store, { teamspaceId: id, limit: 10 })).map((event) => event.action)
  assert.deepEqual(actions, ['teamspace.remove', 'member.add', 'connection.set', 'teamspace.create'])
  assert.deepEqual(changes, [{ kind: 'teamspace', teamspaceId: id }])
  assert.deepEqual(await removeTeamspace(editorOf(store), 'acme'), {
    refused: { code: 'not_found', says: 'There is no such teamspace' },
  })
})

forEachStore('the look-up answers from memory and hears of new and removed teamspaces at once', async (_t, open) => {
  const store = await open()
  const lookup = createTeamspaceLookup(store)
  assert.equal(await lookup.findBySlug('acme'), undefined)
  const acme = await aTeamspace(store, 'acme')
  assert.deepEqual(await lookup.findBySlug('acme'), acme)
  assert.deepEqual(await lookup.findById(acme.id), acme)
  assert.deepEqual(lookup.findBySlug('acme'), acme)
  assert.deepEqual(await lookup.findOnly(), acme)
  await removeTeamspace(editorOf(store), 'acme')
  assert.equal(await lookup.findBySlug('acme'), undefined)
  assert.equal(lookup.findBySlug('no slug \0'), undefined)
})
