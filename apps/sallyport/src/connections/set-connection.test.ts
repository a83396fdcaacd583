import assert from 'node:assert/strict'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { addMember } from '../members/add-member.ts'
import type { Change } from '../store/change-feed.ts'
import type { Store } from '../store/store.ts'
import {
  ANNA,
  API_APP,
  CANARY_SECRET,
  GATEWAY_APP,
  GLOBEX_TENANT,
  aConnectedTeamspace,
  aTeamspace,
  accepted,
  connect,
  editorOf,
  onBehalfOf,
} from '../teamspaces/acme.fixture.ts'
import { connectionRepository } from './connection-repository.ts'
import { removeConnection } from './remove-connection.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const TAKEN = {
  refused: {
    code: 'conflict',
    field: 'audience',
    says: 'This audience is already configured for another teamspace',
  },
}
const OTHER_APP = 'bbbbbbbb-0000-4000-8000-00000000000f'

const dump = async (store: Store): Promise<string> =>
  JSON.stringify([
    await store.db.selectFrom('connection').selectAll().execute(),
    await store.db.selectFrom('audit').selectAll().execute(),
  ])

const claimed = async (store: Store): Promise<string[]> =>
  (await store.db.selectFrom('connection_audience').select('audience').orderBy('audience').execute()).map(
    ({ audience }) => audience,
  )

forEachStore('S2D-14 a connection is saved, announced and audited without its secret', async (_t, open) => {
  const store = await open()
  const { id } = await aTeamspace(store, 'acme')
  const changes: Change[] = []
  store.changes.subscribe((change) => changes.push(change))
  const view = accepted(await connect(store, 'acme', { onBehalfOf: onBehalfOf() }))

  assert.deepEqual(view.onBehalfOf, {
    clientId: GATEWAY_APP,
    scope: `api://${API_APP}/mcp.access`,
    credential: { kind: 'secret' },
  })
  assert.deepEqual(changes, [{ kind: 'connection', teamspaceId: id }])
  const saved = await connectionRepository(store.db, store.sealer, id).find('entra')
  assert.deepEqual(saved?.onBehalfOf?.credential, { kind: 'secret', secret: CANARY_SECRET })
  const [event] = await listAudit(store, { limit: 1 })
  assert.equal(event?.action, 'connection.set')
  assert.equal(event?.actor, 'operator')
  assert.ok(!(await dump(store)).includes(CANARY_SECRET))
})

forEachStore('a sealed credential opens only in the row it was sealed for', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
  const globex = await aConnectedTeamspace(store, 'globex', {
    audience: OTHER_APP,
    onBehalfOf: onBehalfOf({ clientId: OTHER_APP, scope: 'api://globex/.default' }),
  })
  const { sealed_credential } = await store.db
    .selectFrom('connection')
    .select('sealed_credential')
    .where('audience', '=', GATEWAY_APP)
    .executeTakeFirstOrThrow()
  await store.db.updateTable('connection').set({ sealed_credential }).where('teamspace_id', '=', globex.id).execute()
  await assert.rejects(connectionRepository(store.db, store.sealer, globex.id).find('entra'), { name: 'SealBroken' })
})

forEachStore('S2D-08 S2D-09 an audience belongs to one teamspace, whichever its use', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
  await aTeamspace(store, 'globex')
  assert.deepEqual(await connect(store, 'globex'), TAKEN)
  assert.deepEqual(await connect(store, 'globex', { audience: API_APP.toUpperCase() }), TAKEN)
  assert.equal(await connectionOf(store, 'globex'), undefined)
})

forEachStore('S2D-09 of two saves at once exactly one wins', async (_t, open) => {
  const stores = [await open()]
  if (stores[0]!.engine === 'postgres') stores.push(await open()) // two replicas
  const slugs = Array.from({ length: 8 }, (_, index) => `team-${index}`)
  for (const slug of slugs) await aTeamspace(stores[0]!, slug)
  const outcomes = await Promise.all(
    slugs.map((slug, index) => connect(stores[index % stores.length]!, slug, { onBehalfOf: onBehalfOf() })),
  )
  assert.equal(outcomes.filter((outcome) => 'refused' in outcome).length, 7)
  for (const outcome of outcomes) if ('refused' in outcome) assert.deepEqual(outcome, TAKEN)
  assert.deepEqual(await claimed(stores[0]!), [GATEWAY_APP, API_APP].sort())
})

forEachStore('changing a connection keeps its id and releases the audiences it no longer uses', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const first = accepted(await connect(store, 'acme', { onBehalfOf: onBehalfOf() }))
  const second = accepted(await connect(store, 'acme', { audience: OTHER_APP }))
  assert.equal(second.id, first.id)
  assert.equal(second.onBehalfOf, undefined)
  assert.deepEqual(await claimed(store), [OTHER_APP])
  assert.ok('id' in (await aConnectedTeamspace(store, 'globex')))
})

forEachStore(
  'a saved credential is kept when none is given, but never for another client, tenant or cloud',
  async (_t, open) => {
    const store = await open()
    const { id } = await aConnectedTeamspace(store, 'acme', { onBehalfOf: onBehalfOf() })
    const kept = onBehalfOf({ credential: undefined, scope: `api://${API_APP}/.default` })
    accepted(await connect(store, 'acme', { onBehalfOf: kept }))
    const saved = await connectionRepository(store.db, store.sealer, id).find('entra')
    assert.deepEqual(saved?.onBehalfOf?.credential, { kind: 'secret', secret: CANARY_SECRET })
    for (const moved of [
      { tenantId: GLOBEX_TENANT, onBehalfOf: kept },
      { audience: OTHER_APP, onBehalfOf: onBehalfOf({ credential: undefined, clientId: OTHER_APP }) },
    ]) {
      const outcome = await connect(store, 'acme', moved)
      assert.equal('refused' in outcome && outcome.refused.field, 'onBehalfOf.credential')
    }
  },
)

forEachStore(
  'S2D-11 another Entra tenant is refused while it would orphan people, unless confirmed',
  async (_t, open) => {
    const store = await open()
    await aConnectedTeamspace(store, 'acme')
    accepted(await addMember(editorOf(store), 'acme', { email: 'anna@acme.example', objectId: ANNA }))
    const refused = await connect(store, 'acme', { tenantId: GLOBEX_TENANT })
    assert.equal('refused' in refused && refused.refused.field, 'tenantId')
    assert.equal((await connectionOf(store, 'acme'))?.tenantId === GLOBEX_TENANT, false)
    accepted(await connect(store, 'acme', { tenantId: GLOBEX_TENANT }, true))
  },
)

forEachStore('an unknown cloud and an unknown teamspace are refused', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  for (const cloud of ['mars', 'constructor', '__proto__']) {
    const outcome = await connect(store, 'acme', { cloud })
    assert.equal('refused' in outcome && outcome.refused.field, 'cloud')
  }
  const outcome = await connect(store, 'nobody')
  assert.equal('refused' in outcome && outcome.refused.code, 'not_found')
})

forEachStore('S2D-07 removing a connection removes its people, those of an earlier tenant too', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  const editor = editorOf(store)
  accepted(await addMember(editor, 'acme', { email: 'anna@acme.example', objectId: ANNA }))
  accepted(await connect(store, 'acme', { tenantId: GLOBEX_TENANT }, true))
  accepted(await addMember(editor, 'acme', { email: 'bert@acme.example', objectId: ANNA }))
  const changes: Change[] = []
  store.changes.subscribe((change) => changes.push(change))

  assert.deepEqual(await removeConnection(editor, 'acme', 'entra'), { removedMembers: 2 })
  assert.deepEqual(changes.map(({ kind }) => kind).sort(), ['connection', 'member'])
  assert.deepEqual(await store.db.selectFrom('identity').selectAll().execute(), [])
  assert.deepEqual(await claimed(store), [])
  const again = await removeConnection(editor, 'acme', 'entra')
  assert.equal('refused' in again && again.refused.code, 'not_found')
})

async function connectionOf(store: Store, slug: string) {
  const { id } = await store.db.selectFrom('teamspace').select('id').where('slug', '=', slug).executeTakeFirstOrThrow()
  return connectionRepository(store.db, store.sealer, id).find('entra')
}
