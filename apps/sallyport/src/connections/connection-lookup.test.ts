import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TEST_SEALING_KEY, forEachStore } from '../../../../test/support/each-store.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openStore } from '../store/store.ts'
import {
  ACME_TENANT,
  API_APP,
  CANARY_SECRET,
  GATEWAY_APP,
  GLOBEX_TENANT,
  aConnectedTeamspace,
  connect,
  editorOf,
  onBehalfOf,
} from '../teamspaces/acme.fixture.ts'
import { createConnectionLookup } from './connection-lookup.ts'
import { removeConnection } from './remove-connection.ts'

forEachStore('a connection is found by its tenant and audience together (D-09)', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
  const lookup = createConnectionLookup(store)
  const found = await lookup.findEntra(ACME_TENANT, GATEWAY_APP)
  assert.equal(found?.teamspaceId, id)
  assert.deepEqual(found?.onBehalfOf?.credential, { kind: 'secret', secret: CANARY_SECRET })
  assert.equal(lookup.findEntra(ACME_TENANT, GATEWAY_APP), found)
  assert.equal(lookup.findEntra(GLOBEX_TENANT, GATEWAY_APP), undefined)
  assert.deepEqual(
    (await lookup.listOfTeamspace(id)).map((record) => record.id),
    [found?.id],
  )
})

forEachStore('the audience of the servers behind is not one that callers may bring tokens for', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
  const lookup = createConnectionLookup(store)
  assert.equal(await lookup.findEntra(ACME_TENANT, API_APP), undefined)
  assert.equal((await lookup.findByAudience(API_APP))?.use, 'server')
})

forEachStore('S1-18 an audience that can be none is not looked up', async (_t, open) => {
  const store = await open()
  const lookup = createConnectionLookup(store)
  await store.close()
  for (const audience of ['', 'x', "' or 1=1", 'https://a.example', 'a'.repeat(10_000)]) {
    assert.equal(lookup.findEntra(ACME_TENANT, audience), undefined)
  }
  await assert.rejects(async () => lookup.findEntra(ACME_TENANT, GATEWAY_APP), 'a closed database is a fault')
})

forEachStore('S1 15 a removed connection is gone at once, and one that is set is there at once', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const lookup = createConnectionLookup(store)
  await lookup.findEntra(ACME_TENANT, GATEWAY_APP)
  await removeConnection(editorOf(store), 'acme', 'entra')
  assert.equal(await lookup.findEntra(ACME_TENANT, GATEWAY_APP), undefined)
  assert.deepEqual(await lookup.listOfTeamspace(id), [])
  await connect(store, 'acme')
  assert.equal((await lookup.findEntra(ACME_TENANT, GATEWAY_APP))?.teamspaceId, id)
})

test('S1 15 another replica hears of a removed connection within a second', async () => {
  const { url, drop } = await freshDatabase()
  const here = await openStore({ url, sealingKey: TEST_SEALING_KEY })
  const there = await openStore({ url, sealingKey: TEST_SEALING_KEY })
  try {
    await aConnectedTeamspace(here, 'acme')
    const lookup = createConnectionLookup(there)
    assert.ok(await lookup.findEntra(ACME_TENANT, GATEWAY_APP))
    await removeConnection(editorOf(here), 'acme', 'entra')
    const deadline = Date.now() + 1_000
    while ((await lookup.findEntra(ACME_TENANT, GATEWAY_APP)) !== undefined) {
      assert.ok(Date.now() < deadline, 'the other replica still lets people in')
      await sleep(5)
    }
  } finally {
    await Promise.all([here.close(), there.close()])
    await drop()
  }
})
