import assert from 'node:assert/strict'
import { createAdminApp } from '../../../apps/sallyport/src/admin/admin-app.ts'
import type { Needs, ServedRoute } from '../../../apps/sallyport/src/admin/api/api-route.ts'
import { forEachStore } from '../../support/each-store.ts'
import { aWorld, bodyFor, dump, pathFor, ROLES, titleOf } from './world.ts'

// The routes are those that are served: whoever adds one has it tested here, or is told what the test needs for it.

const ofTeamspace = ({ path }: ServedRoute) => path.includes('/:slug')
const hasId = ({ path, exampleQuery }: ServedRoute) =>
  path.replace(':slug', '').includes(':') || exampleQuery?.['email'] !== undefined

const mayUse = (role: (typeof ROLES)[number], needs: Needs): boolean =>
  needs === 'account' || (needs !== 'operator' && ROLES.indexOf(role) <= ROLES.indexOf(needs))

forEachStore(
  'S2D-13 to its members alone a teamspace exists: any route of another one is 404, and nothing changes',
  async (t, open) => {
    const { store, send, routes, globex } = await aWorld(t, open)
    const before = await dump(store)
    const nowhere = await send('GET', '/teamspaces/nowhere', { as: 'owner@acme.example' })
    const ofTeamspaces = routes.filter(ofTeamspace)
    assert.ok(ofTeamspaces.length >= 30, `${ofTeamspaces.length} routes`)
    for (const route of ofTeamspaces) {
      for (const as of ['owner@acme.example', 'stranger@nowhere.example']) {
        const path = pathFor(route, 'globex', globex)
        const { status, body } = await send(route.method, path, { as, body: bodyFor(route) })
        assert.deepEqual([status, body], [404, nowhere.body], `${titleOf(route)} as ${as}`)
      }
    }
    assert.deepEqual(await dump(store), before)
  },
)

forEachStore("S2D-13 what another teamspace owns is unknown in one's own, and nothing changes", async (t, open) => {
  const { store, send, routes, globex } = await aWorld(t, open)
  const before = await dump(store)
  const named = routes.filter((route) => ofTeamspace(route) && hasId(route))
  assert.ok(named.length >= 8, `${named.length} routes`)
  for (const route of named) {
    for (const as of ['owner@acme.example', 'operator']) {
      const path = pathFor(route, 'acme', globex)
      const { status, text } = await send(route.method, path, { as, body: bodyFor(route) })
      assert.equal(status, 404, `${titleOf(route)} as ${as}: ${text}`)
      assert.doesNotMatch(text, /globex/)
    }
  }
  assert.deepEqual(await dump(store), before)
})

forEachStore('nobody who shows nothing, or nothing that counts, gets past any route', async (t, open) => {
  const { store, send, routes, acme } = await aWorld(t, open)
  const before = await dump(store)
  for (const route of routes) {
    const path = pathFor(route, 'acme', acme)
    // A wrong token is not made good by a session beside it.
    const wrong = { authorization: 'Bearer wrong', cookie: 'person=owner@acme.example' }
    for (const headers of [{}, wrong, { cookie: 'nobody' }]) {
      const { status } = await send(route.method, path, { body: bodyFor(route), headers })
      assert.equal(status, 401, titleOf(route))
    }
  }
  assert.equal((await send('GET', '/nothing')).status, 401)
  assert.deepEqual(await dump(store), before)
})

forEachStore(
  'S2D-13 a role opens what its routes say, and everything else is 403 and changes nothing',
  async (t, open) => {
    const { store, send, routes, acme } = await aWorld(t, open)
    const before = await dump(store)
    for (const route of routes) {
      const path = pathFor(route, 'acme', acme)
      for (const role of ROLES) {
        const as = `${role}@acme.example`
        if (!mayUse(role, route.needs)) {
          const { status } = await send(route.method, path, { as, body: bodyFor(route) })
          assert.equal(status, 403, `${titleOf(route)} as ${role}`)
        } else if (route.method === 'get') {
          assert.equal((await send('get', path, { as })).status, 200, `${titleOf(route)} as ${role}`)
        }
      }
    }
    assert.deepEqual(await dump(store), before)
  },
)

forEachStore('nothing is served under /api/v1 beside the routes that are declared', async (t, open) => {
  const { deps, routes } = await aWorld(t, open)
  const declared = new Set(routes.map(({ method, path }) => `${method.toUpperCase()} /api/v1${path}`))
  assert.equal(declared.size, routes.length, 'a route is declared twice')
  const mounted = createAdminApp(deps)
    .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v1/'))
    .map(({ method, path }) => `${method} ${path}`)
  const tokensByThemselves = ['POST /api/v1/mcp-tokens/revoke', 'POST /api/v1/mcp-tokens/introspect']
  const others = mounted.filter((route) => !declared.has(route) && !tokensByThemselves.includes(route))
  assert.deepEqual(others, [])
})
