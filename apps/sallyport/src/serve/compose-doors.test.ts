import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { CHLOE, NIGHTLY_JOB, startEntraWorld } from '../../../../test/support/entra-groups.ts'
import { TEST_SEALING_KEY, TEST_SALLYPORT_KEY } from '../../../../test/support/sealing-key.ts'
import { parseConfigFile } from '../config/parse-config-file.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { entraSettings } from '../connections/entra-settings.ts'
import { setConnection } from '../connections/set-connection.ts'
import { openStore } from '../store/store.ts'
import { accepted, aTeamspace, editorOf } from '../teamspaces/acme.fixture.ts'
import { composeDoors } from './compose-doors.ts'
import { createSharedParts } from './shared-parts.ts'

const CONFIG = `publicUrl: http://127.0.0.1:8080
groupsCacheSeconds: 60
servers: { findings: { path: /findings/mcp, upstream: 'http://127.0.0.1:9/', outbound: { kind: none } } }
`

async function doorsOf(t: TestContext) {
  const world = await startEntraWorld()
  const { clouds, clock } = world
  const store = await openStore({ url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY })
  const env = { DATABASE_URL: 'sqlite::memory:', SALLYPORT_KEY: TEST_SALLYPORT_KEY }
  const config = { ...(await resolveConfig(parseConfigFile(CONFIG, 'x.yaml'), { file: 'x.yaml', env })), clouds }
  const shared = createSharedParts(config, { store, operatorToken: '', log: () => {}, fetch, now: clock.now })
  const doors = composeDoors(config, shared)
  t.after(async () => {
    doors.unsubscribe()
    shared.readiness.close()
    await Promise.all([shared.audit.close(), shared.tokenUses.close()])
    await Promise.all([store.close(), world.close()])
  })
  const { onBehalfOf, requiredScope, audience, tenantId } = world.connection
  const input = { kind: 'entra', cloud: 'emulator', tenantId, audience, requiredScope, onBehalfOf, groups: 'graph' }
  const connect = async (slug: string, changes: object = {}) =>
    accepted(await setConnection(editorOf(store), slug, entraSettings.parse({ ...input, ...changes }), { clouds }))
  return { world, store, doors, connect }
}

test('B-04 groups are asked for by way of the connection, and anew once it has changed, but not for other changes', async (t) => {
  const { world, store, doors, connect } = await doorsOf(t)
  const { id: teamspaceId } = await aTeamspace(store, 'acme')
  await aTeamspace(store, 'globex')
  await connect('acme')
  const proof = { ...(await world.proofOf(CHLOE.email)), teamspaceId }
  const askedFor = async () => {
    world.emulator.clearRequests()
    const groups = await doors.groups.groupsOf(proof)
    assert.ok(groups !== 'unknown' && groups.size === 3)
    return world.graphRequests().length
  }
  assert.deepEqual([await askedFor(), await askedFor()], [1, 0])
  await connect('globex', { audience: NIGHTLY_JOB.appId, onBehalfOf: undefined, groups: 'token' })
  assert.equal(await askedFor(), 0, 'of another teamspace')
  await store.transaction(async (tx) => tx.changed({ kind: 'member', teamspaceId }))
  assert.equal(await askedFor(), 0, 'a member changed')
  await connect('acme', { requiredScope: null })
  assert.deepEqual([await askedFor(), await askedFor()], [1, 0], 'the connection changed')
  world.clock.advance(60)
  assert.equal(await askedFor(), 1, 'groupsCacheSeconds passed')
})
