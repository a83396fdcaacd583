import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Store } from '../store/store.ts'
import {
  ACME_TENANT,
  ANNA,
  BERT,
  GATEWAY_APP,
  GLOBEX_TENANT,
  aConnectedTeamspace,
  aTeamspace,
  accepted,
  connect,
  editorOf,
} from '../teamspaces/acme.fixture.ts'
import { addMember } from './add-member.ts'
import type { AddedMember } from './add-member.ts'
import { createMemberLookup } from './member-lookup.ts'
import { memberRepository } from './member-repository.ts'
import { newMember } from './new-member.ts'
import { removeMember } from './remove-member.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const anna = { email: 'anna@acme.example', objectId: ANNA }
const ISSUER = `entra:global:${ACME_TENANT}`

const add = (store: Store, slug: string, person: Parameters<typeof addMember>[2]) =>
  addMember(editorOf(store), slug, person)

const refusal = (outcome: AddedMember | { refused: { code: string; field?: string } }) =>
  'refused' in outcome ? `${outcome.refused.code} ${outcome.refused.field}` : 'accepted'

test('S2D-10 e-mail and object id are stored in one spelling, and refused when they are none', () => {
  assert.deepEqual(newMember.parse({ email: ' Anna@ACME.example ', objectId: ANNA.toUpperCase() }), anna)
  const bad = (change: object) => newMember.safeParse({ ...anna, ...change }).error?.issues[0]?.path.join('.')
  for (const objectId of ['', 'anna', `${ANNA}0`, `{${ANNA}}`, 'me']) assert.equal(bad({ objectId }), 'objectId')
  for (const email of [
    '',
    'anna',
    'a@b',
    'a b@c.example',
    'a@@c.example',
    'a\0@c.example',
    `${'x'.repeat(250)}@c.example`,
  ]) {
    assert.equal(bad({ email }), 'email', email)
  }
  assert.equal(bad({ role: 'root' }), 'role')
})

forEachStore('S2D-04 a person becomes a developer of the teamspace, under its Entra tenant', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const { created, member } = accepted(await add(store, 'acme', anna))
  assert.ok(created)
  assert.equal(member.role, 'developer')
  assert.equal(member.issuer, ISSUER)
  assert.deepEqual(member.sources, ['manual'])
  assert.deepEqual(
    (await memberRepository(store.db, id).list({ limit: 10 })).map(({ email }) => email),
    [anna.email],
  )
  const [event] = await listAudit(store, { limit: 1 })
  assert.deepEqual([event?.action, event?.teamspaceId], ['member.add', id])
})

forEachStore('S2D-05 the same e-mail in two teamspaces is one user with two identities', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  await aConnectedTeamspace(store, 'globex', {
    tenantId: GLOBEX_TENANT,
    audience: 'bbbbbbbb-0000-4000-8000-00000000000f',
  })
  const here = accepted(await add(store, 'acme', anna)).member
  const there = accepted(await add(store, 'globex', { ...anna, objectId: BERT })).member
  assert.equal(here.userId, there.userId)
  assert.notEqual(here.id, there.id)
})

forEachStore('S2D-10 adding the same person again changes nothing, another source is noted', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  accepted(await add(store, 'acme', anna))
  assert.equal(accepted(await add(store, 'acme', anna)).created, false)
  assert.equal((await listAudit(store, { limit: 10 })).length, 3)
  const synced = accepted(await addMember(editorOf(store), 'acme', anna, 'scim'))
  assert.deepEqual(synced.member.sources, ['manual', 'scim'])
})

forEachStore('S2D-10 an e-mail or an object id of somebody else is a conflict, never a merge', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  accepted(await add(store, 'acme', anna))
  assert.equal(refusal(await add(store, 'acme', { ...anna, objectId: BERT })), 'conflict email')
  assert.equal(refusal(await add(store, 'acme', { ...anna, email: 'bert@acme.example' })), 'conflict objectId')
  assert.equal(refusal(await add(store, 'acme', { ...anna, role: 'owner' })), 'conflict role')
})

forEachStore('a person added twice at once is one member', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => add(store, 'acme', anna)))
  assert.equal(outcomes.filter((outcome) => accepted(outcome).created).length, 1)
})

forEachStore('without a connection nobody can be added, and the reason is said', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const outcome = await add(store, 'acme', anna)
  assert.match('refused' in outcome ? outcome.refused.says : '', /^Set an entra connection of this teamspace first/)
})

forEachStore('a member is removed by id or by e-mail, only here, and may be added again', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  await aTeamspace(store, 'globex')
  const { member } = accepted(await add(store, 'acme', anna))
  const editor = editorOf(store)
  for (const name of [{ id: member.id }, { email: anna.email }]) {
    const elsewhere = await removeMember(editor, 'globex', name)
    assert.equal('refused' in elsewhere && elsewhere.refused.code, 'not_found')
  }
  assert.equal(accepted(await removeMember(editor, 'acme', { id: member.id })).email, anna.email)
  assert.deepEqual(await store.db.selectFrom('identity').selectAll().execute(), [])
  assert.ok(accepted(await add(store, 'acme', { ...anna, objectId: BERT })).created)
  assert.equal(accepted(await removeMember(editor, 'acme', { email: anna.email })).subject, BERT)
})

forEachStore('members are listed in pages by e-mail', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  accepted(await add(store, 'acme', anna))
  accepted(await add(store, 'acme', { email: 'bert@acme.example', objectId: BERT }))
  const page = async (after?: string) =>
    (await memberRepository(store.db, id).list({ limit: 1, after })).map(({ email }) => email)
  assert.deepEqual(await page(), [anna.email])
  assert.deepEqual(await page(anna.email), ['bert@acme.example'])
  assert.deepEqual(await page('bert@acme.example'), [])
})

forEachStore('S2 12 the look-up sees an added person at once and a removed one no more', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const lookup = createMemberLookup(store)
  assert.equal(await lookup.find(id, ISSUER, ANNA), undefined)
  const { member } = accepted(await add(store, 'acme', anna))
  assert.deepEqual(await lookup.find(id, ISSUER, ANNA), member)
  assert.deepEqual(lookup.find(id, ISSUER, ANNA), member)
  await removeMember(editorOf(store), 'acme', { email: anna.email })
  assert.equal(await lookup.find(id, ISSUER, ANNA), undefined)
})

forEachStore('S2D-11 an object id counts only in its own Entra tenant and teamspace', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const globex = await aConnectedTeamspace(store, 'globex', {
    tenantId: GLOBEX_TENANT,
    audience: GATEWAY_APP.replace('1', 'f'),
  })
  accepted(await add(store, 'acme', anna))
  accepted(await connect(store, 'acme', { tenantId: GLOBEX_TENANT }, true))
  const lookup = createMemberLookup(store)
  assert.equal(await lookup.find(id, `entra:global:${GLOBEX_TENANT}`, ANNA), undefined)
  assert.equal(await lookup.find(globex.id, ISSUER, ANNA), undefined)
})

forEachStore('a database that fails is a fault, not an unknown person', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const lookup = createMemberLookup(store)
  await store.close()
  await assert.rejects(async () => lookup.find(id, ISSUER, ANNA))
})
