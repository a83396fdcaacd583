import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { createConnectionLookup } from '../connections/connection-lookup.ts'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { JustInTime, OidcConnectionRecord } from '../connections/connection.ts'
import type { Store } from '../store/store.ts'
import { accepted, aTeamspace, editorOf } from '../teamspaces/acme.fixture.ts'
import { createTeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import { createJustInTime, isEntitled } from './just-in-time.ts'
import type { PersonalToken } from './identity-issuer.ts'
import { memberRepository } from './member-repository.ts'
import { removeMember } from './remove-member.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const ISSUER = 'https://id.acme.example'
const STAFF: JustInTime = { role: 'developer', claim: 'groups', values: ['staff'] }

const tokenOf = (teamspaceId: string, claims: Record<string, unknown> = {}, subject = 'ada'): PersonalToken => ({
  kind: 'oidc',
  teamspaceId,
  issuer: ISSUER,
  audience: 'https://mcp.example',
  subject,
  scopes: [],
  expiresAtSeconds: 2_000_000_000,
  claims: { groups: ['staff'], email: 'Ada@acme.example', email_verified: true, ...claims },
})

async function aTeamspaceThatAdmits(store: Store, jit: JustInTime | undefined) {
  const { id } = await aTeamspace(store, 'acme')
  const record: OidcConnectionRecord = {
    id: randomUUID(),
    teamspaceId: id,
    kind: 'oidc',
    issuer: ISSUER,
    audience: 'https://mcp.example',
    requiredScope: null,
    allowedClients: [],
    ...(jit && { jit }),
    createdAt: 0,
    updatedAt: 0,
  }
  await connectionRepository(store.db, store.sealer, id).save(record)
  const now = () => 1_800_000_000_000
  const parts = { connections: createConnectionLookup(store, now), teamspaces: createTeamspaceLookup(store, now) }
  return { id, makeMember: createJustInTime({ store, now, ...parts }) }
}

forEachStore(
  'a caller with the verified claim becomes a member at the first call, with an audit row',
  async (_t, open) => {
    const store = await open()
    const { id, makeMember } = await aTeamspaceThatAdmits(store, STAFF)
    const member = await makeMember(tokenOf(id), ISSUER)
    assert.equal(member?.email, 'ada@acme.example')
    assert.deepEqual([member?.role, member?.sources], ['developer', ['jit']])
    const [event] = await listAudit(store, { teamspaceId: id, limit: 1 })
    assert.match(JSON.stringify(event), /"member\.add".*"actor":"just in time"/)
  },
)

forEachStore('off by default: without the setting, or without the claim, nobody becomes a member', async (_t, open) => {
  const store = await open()
  const { id, makeMember } = await aTeamspaceThatAdmits(store, undefined)
  assert.equal(await makeMember(tokenOf(id), ISSUER), undefined)
  const members = await memberRepository(store.db, id).list({ limit: 10 })
  assert.deepEqual(members, [])
})

forEachStore('a connection that was changed to another issuer invites nobody of the one before', async (_t, open) => {
  const store = await open()
  const { id, makeMember } = await aTeamspaceThatAdmits(store, { role: 'developer', claim: null, values: [] })
  assert.equal(await makeMember(tokenOf(id), 'https://former.acme.example'), undefined)
  assert.deepEqual(await memberRepository(store.db, id).list({ limit: 10 }), [])
  assert.ok(await makeMember(tokenOf(id), ISSUER))
})

forEachStore('fifty first calls at once make one member', async (_t, open) => {
  const store = await open()
  const { id, makeMember } = await aTeamspaceThatAdmits(store, STAFF)
  const made = await Promise.all(Array.from({ length: 50 }, () => makeMember(tokenOf(id), ISSUER)))
  assert.equal(new Set(made.map((member) => member?.id)).size, 1)
  assert.equal((await memberRepository(store.db, id).list({ limit: 10 })).length, 1)
})

forEachStore('whoever was removed by hand stays removed', async (_t, open) => {
  const store = await open()
  const { id, makeMember } = await aTeamspaceThatAdmits(store, STAFF)
  const member = await makeMember(tokenOf(id), ISSUER)
  accepted(await removeMember(editorOf(store), 'acme', { id: member!.id }))
  assert.equal(await makeMember(tokenOf(id), ISSUER), undefined)
  assert.ok(await makeMember(tokenOf(id, {}, 'ben'), ISSUER), 'others still come in')
})

forEachStore("another member's e-mail is not taken over, and an unverified one is no label", async (_t, open) => {
  const store = await open()
  const { id, makeMember } = await aTeamspaceThatAdmits(store, STAFF)
  const ada = await makeMember(tokenOf(id), ISSUER)
  const impostor = await makeMember(tokenOf(id, {}, 'mallory'), ISSUER)
  assert.notEqual(impostor?.id, ada?.id)
  assert.match(impostor!.email, /^user-[0-9a-f]{16}@unnamed\.invalid$/)
  const unverified = await makeMember(tokenOf(id, { email_verified: 'true' }, 'eve'), ISSUER)
  assert.match(unverified!.email, /@unnamed\.invalid$/)
})

test('a claim entitles by one of its values, whole and of its own', () => {
  const entitled = (said: unknown, values = ['staff'], claim: string | null = 'groups') =>
    isEntitled({ ...tokenOf('t'), claims: { groups: said } }, { role: 'developer', claim, values })
  for (const said of ['staff', ['other', 'staff']]) assert.ok(entitled(said))
  for (const said of [undefined, null, '', 'staffing', 'other staff', { staff: 'staff' }, [['staff']], 5]) {
    assert.ok(!entitled(said), JSON.stringify(said))
  }
  assert.ok(entitled(true, ['true']))
  assert.ok(!entitled('staff', []))
  assert.ok(entitled(undefined, [], null), 'without a claim everybody whom the connection accepts')
  assert.ok(!entitled('x', ['function Object() { [native code] }'], 'constructor'))
})

test('a service account is entitled by its namespace or groups', () => {
  const bot: PersonalToken = {
    ...tokenOf('t'),
    kind: 'kubernetes',
    cluster: 'prod',
    subject: 'system:serviceaccount:ci:bot',
    groups: ['system:serviceaccounts:ci'],
    serviceAccount: { namespace: 'ci', name: 'bot' },
  }
  assert.ok(isEntitled(bot, { role: 'developer', claim: 'namespace', values: ['ci'] }))
  assert.ok(isEntitled(bot, { role: 'developer', claim: 'groups', values: ['system:serviceaccounts:ci'] }))
  assert.ok(!isEntitled(bot, { role: 'developer', claim: 'namespace', values: ['default'] }))
})
