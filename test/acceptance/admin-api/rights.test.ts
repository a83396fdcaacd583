import assert from 'node:assert/strict'
import { createAdminApp } from '../../../apps/sallyport/src/admin/admin-app.ts'
import { createMemberLookup } from '../../../apps/sallyport/src/members/member-lookup.ts'
import { memberRepository } from '../../../apps/sallyport/src/members/member-repository.ts'
import { forEachStore } from '../../support/each-store.ts'
import { aWorld, ROLES } from './world.ts'
import type { World } from './world.ts'

const [OWNER, ADMIN] = ['owner@acme.example', 'admin@acme.example']
const MEMBERS = '/teamspaces/acme/members'

async function peopleOf({ must }: World): Promise<Record<string, { id: string; role: string }>> {
  const { members } = await must('GET', MEMBERS)
  return Object.fromEntries(members.map((member: { email: string }) => [member.email.split('@')[0], member]))
}

const newcomer = { email: 'new@acme.example', objectId: 'dddddddd-0000-4000-8000-000000000001' }

forEachStore(
  'S2D-13 nobody gives a role above their own: not by adding, not by changing, not by a file',
  async (t, open) => {
    const world = await aWorld(t, open)
    const { send } = world
    const { developer, admin } = await peopleOf(world)
    const added = await send('POST', MEMBERS, { as: ADMIN, body: { ...newcomer, role: 'owner' } })
    assert.deepEqual([added.status, added.body.errors], [403, [{ path: 'role', says: added.body.detail }]])
    for (const { id } of [developer!, admin!]) {
      assert.equal((await send('PATCH', `${MEMBERS}/${id}`, { as: ADMIN, body: { role: 'owner' } })).status, 403)
    }
    const file = `email,object_id,role\r\n${newcomer.email},${newcomer.objectId},owner\r\n`
    const importing = `${MEMBERS}/import?mode=each-row&allowRoles=true`
    const { body } = await send('POST', importing, { as: ADMIN, body: file })
    assert.deepEqual(body.results[0].problem, 'the role owner is above your own')
    assert.equal(
      (await send('POST', importing, { as: ADMIN, body: file.replace('owner', 'admin') })).body.counts.added,
      1,
    )
    assert.deepEqual(Object.values(await peopleOf(world)).filter(({ role }) => role === 'owner').length, 1)
    const byOwner = await send('PATCH', `${MEMBERS}/${developer!.id}`, { as: OWNER, body: { role: 'owner' } })
    assert.deepEqual([byOwner.status, byOwner.body.role], [200, 'owner'])
  },
)

forEachStore('S2D-13 no admin changes or removes an owner, however named', async (t, open) => {
  const world = await aWorld(t, open)
  const { send } = world
  const { owner } = await peopleOf(world)
  const one = `${MEMBERS}/${owner!.id}`
  assert.equal((await send('PATCH', one, { as: ADMIN, body: { role: 'developer' } })).status, 403)
  assert.equal((await send('PATCH', one, { as: ADMIN, body: { role: 'owner' } })).status, 403)
  assert.equal((await send('DELETE', one, { as: ADMIN })).status, 403)
  assert.equal((await send('DELETE', `${MEMBERS}?email=${OWNER}`, { as: ADMIN })).status, 403)
  const removal = await send('DELETE', '/teamspaces/acme/connections/entra', { as: ADMIN })
  assert.deepEqual([removal.status, removal.body.detail], [403, 'This would remove an owner, which only an owner can'])
  assert.equal((await send('GET', '/teamspaces/acme/connections/entra', { as: ADMIN })).status, 200)
  assert.equal((await send('DELETE', '/teamspaces/acme/connections/oidc', { as: ADMIN })).body.removedMembers, 2)
  assert.equal((await peopleOf(world))['owner']!.role, 'owner')
})

forEachStore('the last owner stays, unless who runs this Sallyport says otherwise', async (t, open) => {
  const world = await aWorld(t, open)
  const { send, must } = world
  const { owner, somebody } = await peopleOf(world)
  const one = `${MEMBERS}/${owner!.id}`
  const entra = '/teamspaces/acme/connections/entra'
  assert.equal((await send('DELETE', one, { as: OWNER })).status, 409)
  assert.equal((await send('PATCH', one, { as: OWNER, body: { role: 'admin' } })).status, 409)
  assert.equal((await send('DELETE', entra, { as: OWNER })).status, 409)
  // With another owner, whom another connection vouches for, nobody is the last.
  await must('PATCH', `${MEMBERS}/${somebody!.id}`, { role: 'owner' })
  assert.equal((await send('PATCH', one, { as: OWNER, body: { role: 'admin' } })).status, 200)
  await must('PATCH', one, { role: 'owner' })
  assert.equal((await send('DELETE', entra, { as: OWNER })).body.removedMembers, 3)
  assert.equal((await send('GET', '/teamspaces/acme', { as: OWNER })).status, 404, 'who removes themselves is gone')
  assert.equal((await must('DELETE', `${MEMBERS}/${somebody!.id}`)).email, 'somebody@acme.example')
})

forEachStore('of two owners who remove each other at once, one stays', async (t, open) => {
  const world = await aWorld(t, open)
  const { send, must } = world
  const { owner, admin } = await peopleOf(world)
  await must('PATCH', `${MEMBERS}/${admin!.id}`, { role: 'owner' })
  const answers = await Promise.all([
    send('DELETE', `${MEMBERS}/${owner!.id}`, { as: ADMIN }),
    send('DELETE', `${MEMBERS}/${admin!.id}`, { as: OWNER }),
  ])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 404])
  assert.equal(Object.values(await peopleOf(world)).filter(({ role }) => role === 'owner').length, 1)
})

forEachStore('who was made less while a request was on its way changes nothing by it', async (t, open) => {
  const { deps, store, must, acme } = await aWorld(t, open)
  const members = memberRepository(store.db, acme.id)
  const teamspace = await must('GET', '/teamspaces/acme')
  const stale = { ...(await members.findByEmail(ADMIN))! }
  const app = createAdminApp({
    ...deps,
    findSignedIn: async () => ({
      kind: 'person',
      name: ADMIN,
      accountId: 'x',
      memberships: [{ teamspace, member: stale }],
    }),
  })
  const add = async () =>
    app.request(`/api/v1${MEMBERS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(newcomer),
    })
  await must('PATCH', `${MEMBERS}/${stale.id}`, { role: 'developer' })
  assert.equal((await add()).status, 403)
  await must('DELETE', `${MEMBERS}/${stale.id}`)
  assert.equal((await add()).status, 404)
  assert.equal(await members.findByEmail(newcomer.email), undefined)
})

forEachStore('a developer sees and handles the own MCP tokens, and no others', async (t, open) => {
  const { send, acme } = await aWorld(t, open)
  const tokens = '/teamspaces/acme/mcp-tokens'
  const as = 'developer@acme.example'
  assert.deepEqual((await send('GET', tokens, { as })).body, { tokens: [] })
  for (const body of [
    { name: 'x', role: 'admin' },
    { name: 'x', holder: 'teamspace' },
  ]) {
    assert.equal((await send('POST', tokens, { as, body })).status, 403)
  }
  const minted = await send('POST', tokens, { as, body: { name: 'mine' } })
  assert.deepEqual([minted.body.holder, minted.body.created_by], ['member', as])
  assert.equal((await send('DELETE', `${tokens}/${acme.ids['mcp-tokens']}`, { as })).status, 404)
  assert.equal((await send('DELETE', `${tokens}/${minted.body.id}`, { as })).status, 204)
  assert.equal((await send('GET', tokens, { as: ADMIN })).body.tokens.length, 2)
})

forEachStore(
  'another role counts at once, and the audit trail says whose it was before and by whom',
  async (t, open) => {
    const world = await aWorld(t, open)
    const { send, store, acme } = world
    const { developer, admin } = await peopleOf(world)
    const lookup = createMemberLookup(store)
    const { issuer, subject } = (await memberRepository(store.db, acme.id).findById(developer!.id))!
    assert.equal((await lookup.find(acme.id, issuer, subject))?.role, 'developer')
    const change = () => send('PATCH', `${MEMBERS}/${developer!.id}`, { as: ADMIN, body: { role: 'admin' } })
    for (const { status } of [await change(), await change()]) assert.equal(status, 200)
    assert.equal((await lookup.find(acme.id, issuer, subject))?.role, 'admin')
    const { events } = (await send('GET', '/teamspaces/acme/audit?limit=2', { as: ADMIN })).body
    const [event, earlier] = events
    assert.deepEqual([event.action, event.actor, event.memberId], ['member.change', ADMIN, admin!.id])
    assert.deepEqual([event.before.role, event.after.role], ['developer', 'admin'])
    assert.notEqual(earlier.action, 'member.change', 'what changes nothing is not recorded')
  },
)

forEachStore('a policy and its trial know nobody of another teamspace', async (t, open) => {
  const { send, globex } = await aWorld(t, open)
  const who = { members: [globex.ids['members']] }
  const policy = { default: 'deny', rules: [{ name: 'x', effect: 'allow', tools: ['*'], who }] }
  const headers = { 'if-match': '*' }
  const put = await send('PUT', '/teamspaces/acme/policy', { as: OWNER, body: policy, headers })
  assert.equal(put.status, 400)
  for (const caller of [{ member: globex.email }, { token: globex.ids['mcp-tokens'] }]) {
    const body = { cases: [{ server: 'findings', tool: 'list', caller }] }
    assert.equal((await send('POST', '/teamspaces/acme/policy/try', { as: OWNER, body })).status, 400)
  }
})

forEachStore('where servers stand is shown to the operator alone', async (t, open) => {
  const { send } = await aWorld(t, open)
  assert.equal((await send('GET', '/servers', { as: 'operator' })).body.servers[0].upstream, 'http://findings.example')
  for (const role of ROLES) {
    const { body, text } = await send('GET', '/servers', { as: `${role}@acme.example` })
    assert.equal(body.servers[0].name, 'findings')
    assert.ok(!text.includes('findings.example'), text)
  }
})
