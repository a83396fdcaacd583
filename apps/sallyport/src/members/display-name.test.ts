import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'
import { ANNA, BERT, aConnectedTeamspace, accepted, editorOf } from '../teamspaces/acme.fixture.ts'
import { addMember } from './add-member.ts'
import { changeMember } from './change-member.ts'
import { displayName, newNameBy, toDisplayName } from './display-name.ts'
import { memberRepository } from './member-repository.ts'

test('S2D-04 a display name is one line that reads as it is written', () => {
  for (const [given, kept] of [
    ['Anna Berg', 'Anna Berg'],
    ['  Anna \t\r\n Berg ', 'Anna Berg'],
    ['Anna\u2028Berg', 'Anna Berg'],
    ['gre\u202eB annA\u202c', 'greB annA'],
    ['An\u0000na\u001b[31m', 'Anna[31m'],
    ['\u200bAn\u00adna\ufeff', 'Anna'],
    ['Zoe\u0308', 'Zo\u00eb'],
    ['李明', '李明'],
    ['\ud800Anna', 'Anna'],
    ['<b>Anna</b>', '<b>Anna</b>'],
  ] as const) {
    assert.equal(toDisplayName(given), kept)
  }
  for (const nothing of ['', ' ', '\u200b\u202e', '\u0000', undefined, null, 7, {}]) {
    assert.equal(toDisplayName(nothing), null)
  }
})

test('S2D-04 a display name is bounded: people are told, directories are cut, never within a character', () => {
  assert.equal(displayName.parse('x'.repeat(256)), 'x'.repeat(256))
  assert.ok(!displayName.safeParse('x'.repeat(257)).success)
  assert.equal(toDisplayName('x'.repeat(100_000)), 'x'.repeat(256))
  assert.equal(toDisplayName(`${'x'.repeat(255)}😀`), 'x'.repeat(255))
  assert.equal(toDisplayName(`${'x'.repeat(254)}😀`), `${'x'.repeat(254)}😀`)
  assert.equal(toDisplayName('\ufdfa'.repeat(1_024))!.length, 256)
})

test('S2E-06 S2E-09 a source names whoever has no name, and renames only whom it brought alone', () => {
  const named = (sources: Parameters<typeof newNameBy>[1]['sources'], has: string | null, told: string | null) =>
    newNameBy('scim', { displayName: has, sources }, told)
  assert.equal(named(['manual'], null, 'Anna'), 'Anna')
  assert.equal(named(['scim'], 'Anna', 'Anna Berg'), 'Anna Berg')
  assert.equal(named(['jit', 'scim'], 'Anna', 'Anna Berg'), 'Anna Berg')
  assert.equal(named(['manual', 'scim'], 'Anna', 'Anna Berg'), undefined)
  assert.equal(named(['group_sync'], 'Anna', 'Anna Berg'), undefined)
  assert.equal(named(['scim'], 'Anna', 'Anna'), undefined)
  assert.equal(named(['scim'], 'Anna', null), undefined)
})

const anna = { email: 'a.berg@acme.example', objectId: ANNA, displayName: 'Änna 100%_Berg' }

forEachStore('people are found by a part of their display name, in any case and letter by letter', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  accepted(await addMember(editorOf(store), 'acme', anna))
  accepted(await addMember(editorOf(store), 'acme', { email: 'bert@acme.example', objectId: BERT }))
  const find = async (containing: string) =>
    (await memberRepository(store.db, id).list({ limit: 10, containing })).map(({ email }) => email)
  for (const part of ['änna', '100%_', 'berg', 'a.b']) assert.deepEqual(await find(part), [anna.email], part)
  for (const part of ['100_', '%berg', 'anna']) assert.deepEqual(await find(part), [], part)
  assert.deepEqual(await find('acme.example'), [anna.email, 'bert@acme.example'])
})

forEachStore(
  'S2D-04 a display name is given, changed and taken away, each time with its audit row',
  async (_t, open) => {
    const store = await open()
    const { id } = await aConnectedTeamspace(store, 'acme')
    const { displayName: _, ...nameless } = anna
    const { member } = accepted(await addMember(editorOf(store), 'acme', nameless))
    assert.equal(member.displayName, null)
    const named = accepted(await addMember(editorOf(store), 'acme', anna))
    assert.deepEqual([named.created, named.member.displayName], [false, anna.displayName])

    const change = (input: { displayName?: string | null; role?: 'admin' }) =>
      changeMember(editorOf(store), 'acme', { id: member.id, ...input })
    assert.equal(accepted(await change({ displayName: 'Anna' })).displayName, 'Anna')
    const both = accepted(await change({ role: 'admin' }))
    assert.deepEqual([both.displayName, both.role], ['Anna', 'admin'])
    assert.equal(accepted(await change({ displayName: null })).displayName, null)
    accepted(await change({ displayName: null }))
    assert.equal((await memberRepository(store.db, id).findById(member.id))?.displayName, null)
    const actions = (await listAudit(store, { teamspaceId: id, limit: 5 })).map(({ action }) => action)
    assert.deepEqual(actions, ['member.change', 'member.change', 'member.change', 'member.rename', 'member.add'])
  },
)
