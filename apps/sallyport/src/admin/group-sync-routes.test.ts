import assert from 'node:assert/strict'
import { z } from 'zod'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Role } from '../members/member.ts'
import { aConnectedTeamspace, CLOUDS } from '../teamspaces/acme.fixture.ts'
import { createAdminApp } from './admin-app.ts'
import type { AdminDeps } from './admin-deps.ts'
import type { Caller } from './api/caller.ts'
import { groupSyncRoutes } from './group-sync-routes.ts'

const ID = 'dddddddd-0000-4000-8000-000000000001'

forEachStore(
  'S2D-13 owners and admins set up group sync; to developers it is forbidden, to others not there',
  async (_t, open) => {
    const store = await open()
    const acme = await aConnectedTeamspace(store, 'acme')
    const other = await aConnectedTeamspace(store, 'other', { audience: ID })
    let caller: Caller
    const deps: AdminDeps = {
      ...{ store, servers: [], clouds: CLOUDS, operatorToken: 'x'.repeat(32), publicUrl: 'https://mcp.example' },
      ...{ fetch: () => Promise.reject(new Error('offline')), now: Date.now, log: () => undefined },
      findSignedIn: async () => caller,
    }
    const app = createAdminApp(deps)
    const statusesOf = async (role: Role, teamspace: typeof acme) => {
      const member = { id: ID, role, email: 'a@acme.example' }
      caller = { kind: 'person', name: member.email, accountId: ID, memberships: [{ teamspace, member }] }
      const statuses = new Set<number>()
      for (const { method, path } of groupSyncRoutes(deps)) {
        const body = method === 'put' ? JSON.stringify({ clientId: ID, groupId: ID, schedule: false }) : null
        const headers = { ...(body && { 'content-type': 'application/json' }) }
        const url = `/api/v1${path.replace(':slug', 'acme').replace(':id', ID)}`
        const init = { method: method.toUpperCase(), headers, ...(body && { body }) }
        statuses.add((await app.request(url, init)).status)
      }
      return [...statuses].sort()
    }
    assert.deepEqual(await statusesOf('developer', acme), [403])
    assert.deepEqual(await statusesOf('owner', other), [404])
    for (const role of ['owner', 'admin'] as const) {
      assert.ok((await statusesOf(role, acme)).includes(200), role)
      assert.ok(!(await statusesOf(role, acme)).includes(403), role)
    }
  },
)

forEachStore('everything that the routes take and answer has a JSON Schema', async (_t, open) => {
  const store = await open()
  const deps = { store, servers: [], clouds: CLOUDS, operatorToken: '', fetch, now: Date.now, log: () => undefined }
  for (const { body, query, answers } of groupSyncRoutes(deps)) {
    for (const input of [body, query]) if (input) z.toJSONSchema(input, { io: 'input' })
    for (const answer of Object.values(answers)) if (answer instanceof z.ZodType) z.toJSONSchema(answer)
  }
})
