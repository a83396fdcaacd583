import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let gate: OidcGate
before(async () => void (gate = await startOidcGate()))
after(() => gate.close())

const STAFF = { role: 'developer', claim: 'groups', values: ['staff'] }
const tokenOf = (sub: string, changes: object = {}) => gate.idp.sign(gate.claims({ sub, ...changes }))
const refused = (token: string) => expectRefusal(gate, () => gate.call(token), { status: 401, code: 'member_unknown' })
const emails = async () =>
  (await gate.admin.must('GET', '/teamspaces/initech/members')).members.map(({ email }: { email: string }) => email)

test('S2D-06 nobody becomes a member by a token alone, unless the connection says so', async () => {
  await refused(tokenOf('carl', { groups: ['staff'], email: 'carl@initech.example', email_verified: true }))
  assert.equal((await emails()).length, 1)
})

test('with a claim, whoever has one of its values becomes a member at the first call, and nobody else', async () => {
  await gate.connect({ jit: STAFF })
  for (const groups of [undefined, [], ['guests'], 'staffing', ['Staff'], { staff: true }]) {
    await refused(tokenOf('dora', { groups }))
  }
  const carl = { groups: ['x', 'staff'], email: 'Carl@initech.example', email_verified: true }
  await expectAllowed(gate, () => gate.call(tokenOf('carl', carl)))
  assert.ok((await emails()).includes('carl@initech.example'))
  const { events } = await gate.admin.must('GET', '/audit?limit=5')
  const added = events.find(({ action }: { action?: string }) => action === 'member.add')
  assert.deepEqual([added.actor, added.after.subject, added.after.sources], ['just in time', 'carl', ['jit']])
})

test('the e-mail of a member is not taken over by a newcomer who claims it', async () => {
  const token = tokenOf('mallory', { groups: ['staff'], email: 'ada@initech.example', email_verified: true })
  await expectAllowed(gate, () => gate.call(token))
  assert.equal((await emails()).filter((email: string) => email === 'ada@initech.example').length, 1)
})

test('whoever was removed by hand stays out, and can be added again', async () => {
  const carl = () => tokenOf('carl', { groups: ['staff'] })
  await gate.admin.removeMember('initech', 'carl@initech.example')
  await refused(carl())
  await gate.addMember({ sub: 'carl', email: 'carl@initech.example' })
  await expectAllowed(gate, () => gate.call(carl()))
})

test('switched off again, those who came that way stay and no others come', async () => {
  await gate.connect()
  await expectAllowed(gate, () => gate.call(tokenOf('mallory')))
  await refused(tokenOf('dora', { groups: ['staff'] }))
})

test('without a claim, everybody whom the issuer gives the scope becomes a member', async () => {
  await gate.connect({ jit: { claim: null } })
  await expectAllowed(gate, () => gate.call(tokenOf('dora')))
})

test('S2D-07 removing the connection removes them all', async () => {
  const { length } = await emails()
  const { removedMembers } = await gate.admin.must('DELETE', '/teamspaces/initech/connections/oidc')
  assert.equal(removedMembers, length)
  assert.deepEqual(await emails(), [])
})
