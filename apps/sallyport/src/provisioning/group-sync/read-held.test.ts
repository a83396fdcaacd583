import assert from 'node:assert/strict'
import { forEachStore } from '../../../../../test/support/each-store.ts'
import { identityRepository } from '../../members/identity-repository.ts'
import { insertMembers } from '../../members/insert-member.ts'
import { memberRepository } from '../../members/member-repository.ts'
import { aConnectedTeamspace, accepted, editorOf } from '../../teamspaces/acme.fixture.ts'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import { heldRepository } from './held-repository.ts'
import { readHeld, summarizeHeld } from './read-held.ts'
import { runRepository } from './run-repository.ts'

const PEOPLE = 1_100
const ISSUER = 'entra:global:some'

forEachStore('S2E-08 a long list is paged by e-mail, and has one name from page to page', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const emails = Array.from({ length: PEOPLE }, (_, number) => `p${number}@acme.example`)
  accepted(
    await editTeamspace(editorOf(store), 'acme', async (edit) => {
      const people = emails.map((email) => ({ email, issuer: ISSUER, subject: email, role: 'developer' as const }))
      await insertMembers(
        edit,
        people.map((person) => ({ ...person, source: 'group_sync' })),
      )
      return {}
    }),
  )
  const members = memberRepository(store.db, id)
  const identityIds = (await members.listBySubjects(ISSUER, emails)).map(({ identityId }) => identityId)
  await runRepository(store.db, id).addHeld('set', identityIds)
  const held = heldRepository(store.db, id, ISSUER)
  const { total, losing, list } = await summarizeHeld(held, 'set')
  assert.deepEqual([total, losing], [PEOPLE, PEOPLE])

  const read: string[] = []
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await readHeld(held, 'set', { limit: 400, after })
    assert.equal(page.list, list)
    read.push(...page.people.map(({ email }) => email))
    after = page.next
  }
  assert.deepEqual(read, emails.toSorted())

  await identityRepository(store.db, id).addSources([{ identityId: identityIds[700]!, source: 'csv' }])
  const staying = await summarizeHeld(held, 'set')
  assert.deepEqual([staying.total, staying.losing], [PEOPLE, PEOPLE - 1])
  await identityRepository(store.db, id).removeSources(identityIds[700]!, ['group_sync'])
  const without = await summarizeHeld(held, 'set')
  assert.equal(without.total, PEOPLE - 1)
  assert.equal(new Set([list, staying.list, without.list]).size, 3)

  for (const others of [
    heldRepository(store.db, id, 'entra:global:other'),
    heldRepository(store.db, 'other', ISSUER),
  ]) {
    assert.equal((await summarizeHeld(others, 'set')).total, 0)
  }
})
