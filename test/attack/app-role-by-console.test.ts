import assert from 'node:assert/strict'
import { forEachStore } from '../support/each-store.ts'
import { createAdminApp } from '../../apps/sallyport/src/admin/admin-app.ts'
import type { MemberDoor } from '../../apps/sallyport/src/admin/member-auth.ts'
import { aWorld } from '../acceptance/admin-api/world.ts'

forEachStore(
  'app role by console: whoever administers a teamspace gets no token there that would do without the app role that servers ask of them',
  async (t, open) => {
    const { deps, must } = await aWorld(t, open)
    const door: MemberDoor = {
      verifier: { verify: () => Promise.reject(new Error('not asked')), forget: () => undefined },
      find: () => Promise.reject(new Error('not asked')),
      appRoles: ['Mcp.Tool.Executor'],
    }
    const app = createAdminApp({ ...deps, members: door })
    const post = async (path: string, email: string, body: object) => {
      const answer = await app.request(`/api/v1/teamspaces/acme/mcp-tokens${path}`, {
        method: 'POST',
        headers: { cookie: `person=${email}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return answer.status
    }
    const team = await must('POST', '/teamspaces/acme/mcp-tokens', { name: 'team', role: 'developer' })
    for (const email of ['owner@acme.example', 'admin@acme.example']) {
      assert.equal(await post('', email, { name: 'way around' }), 403)
      assert.equal(await post('', email, { name: 'way around', holder: 'teamspace' }), 403)
      assert.equal(await post(`/${team.id}/rotate`, email, {}), 403)
      // One that they hold is worth no more than they are.
      assert.equal(await post('', email, { name: 'own', holder: 'member' }), 201)
    }
  },
)
