import assert from 'node:assert/strict'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { auditChainOf } from '../audit/audit-chain.ts'
import { fromCall } from '../audit/audit-row.ts'
import { nextAuditId } from '../audit/audit-id.ts'
import type { Role } from '../members/member.ts'
import type { Store } from '../store/store.ts'
import { CLOUDS } from '../teamspaces/acme.fixture.ts'
import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import { createAdminApp } from './admin-app.ts'
import type { Caller } from './api/caller.ts'

const NOW = Date.UTC(2026, 4, 6, 12)
const MEMBERS: Readonly<Record<Role, string>> = {
  owner: '0190a000-0000-7000-8000-000000000001',
  admin: '0190a000-0000-7000-8000-000000000002',
  developer: '0190a000-0000-7000-8000-000000000003',
}

async function teamspaceIn(store: Store, slug: string): Promise<Teamspace> {
  const made = await createTeamspace({ store, actor: 'operator', now: () => NOW }, { slug, name: slug })
  return isRefused(made) ? assert.fail(made.refused.says) : made
}

async function served(store: Store) {
  const acme = await teamspaceIn(store, 'acme')
  const globex = await teamspaceIn(store, 'globex')
  const calls = Object.entries(MEMBERS).map(([role, memberId]) =>
    fromCall({
      requestId: nextAuditId(NOW),
      at: NOW,
      teamspaceId: acme.id,
      memberId,
      email: `${role}@acme.example`,
      decision: 'allowed',
      rule: 'default',
      status: 200,
      durationMs: 1,
    }),
  )
  await store.transaction(({ db }) => auditChainOf(store).append(db, calls))
  const app = createAdminApp({
    store,
    servers: [],
    clouds: CLOUDS,
    operatorToken: 'operator-token-of-the-tests-0123456789',
    fetch: () => Promise.reject(new Error('offline')),
    now: () => NOW,
    log: (message) => assert.fail(message),
    findSignedIn: async (context): Promise<Caller | undefined> => {
      const role = context.req.header('x-role') as Role | undefined
      if (!role) return undefined
      const member = { id: MEMBERS[role], role, email: `${role}@acme.example` }
      return { kind: 'person', name: member.email, accountId: member.id, memberships: [{ teamspace: acme, member }] }
    },
  })
  const get = async (path: string, role?: Role) => {
    const answer = await app.request(`/api/v1${path}`, { headers: role ? { 'x-role': role } : {} })
    return { status: answer.status, body: (await answer.json()) as never }
  }
  return { get, globex }
}

forEachStore(
  'S2D-13 members see their overview; whose the last calls were is for owner and admin',
  async (_t, open) => {
    const { get } = await served(await open())
    const callers = async (role: Role) => {
      const { status, body } = await get('/teamspaces/acme/overview?range=7d', role)
      assert.equal(status, 200)
      return (body as { lastCalls: { email: string }[] }).lastCalls.map(({ email }) => email.split('@')[0])
    }
    assert.deepEqual(await callers('owner'), ['developer', 'admin', 'owner'])
    assert.deepEqual(await callers('admin'), ['developer', 'admin', 'owner'])
    assert.deepEqual(await callers('developer'), ['developer'])
  },
)

forEachStore(
  'S2D-13 the audit trail of a teamspace is for owner and admin, and nobody sees that of another',
  async (_t, open) => {
    const { get } = await served(await open())
    const statuses = async (path: string) =>
      Promise.all(
        [...(['owner', 'admin', 'developer'] as const), undefined].map(async (role) => (await get(path, role)).status),
      )
    assert.deepEqual(await statuses('/teamspaces/acme/audit'), [200, 200, 403, 401])
    assert.deepEqual(await statuses('/teamspaces/acme/overview'), [200, 200, 200, 401])
    assert.deepEqual(await statuses('/teamspaces/globex/audit'), [404, 404, 404, 401])
    assert.deepEqual(await statuses('/teamspaces/globex/overview'), [404, 404, 404, 401])
    assert.deepEqual(await statuses('/overview'), [403, 403, 403, 401])
    assert.deepEqual(await statuses('/servers'), [200, 200, 200, 401])
  },
)

forEachStore('what is looked for in the audit trail is checked, and answered with where to go on', async (_t, open) => {
  const { get } = await served(await open())
  const search = async (query: string) =>
    (await get(`/teamspaces/acme/audit?${query}`, 'owner')) as { status: number; body: never }
  for (const wrong of [
    'limit=0',
    'limit=1001',
    'from=yesterday',
    'before=1',
    'kind=other',
    'text=',
    'nothing=1',
    `before=${MEMBERS.owner}&after=${MEMBERS.owner}`,
    'server=a&server=b',
    `text=${'x'.repeat(201)}`,
  ])
    assert.equal((await search(wrong)).status, 400, wrong)
  const page = (await search('email=DEVELOPER&kind=call&from=2026-05-06T00:00:00Z')).body as {
    events: { email: string }[]
    newer: string
  }
  assert.deepEqual(
    page.events.map(({ email }) => email),
    ['developer@acme.example'],
  )
  const next = (await search(`after=${page.newer}`)).body as { events: unknown[]; more: boolean }
  assert.deepEqual(next, { events: [], newer: page.newer, more: false })
})
