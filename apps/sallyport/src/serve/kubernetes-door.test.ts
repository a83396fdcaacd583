import assert from 'node:assert/strict'
import { isDenied, VerificationFault } from '@sallyport/verifier'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import type { Cluster } from '../config/clusters-section.ts'
import { createConnectionLookup } from '../connections/connection-lookup.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { Store } from '../store/store.ts'
import { createTeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import { accepted, aTeamspace, CLOUDS, editorOf } from '../teamspaces/acme.fixture.ts'
import { createKubernetesDoor } from './kubernetes-door.ts'

type Fake = Awaited<ReturnType<typeof startKubernetesEmulator>>

const CRAWLER = { namespace: 'agents', name: 'crawler' }

function doorOf(store: Store, api: Fake) {
  const reviewed = { name: 'prod', server: api.url, credential: api.reviewer }
  const clusters = new Map<string, Cluster>([['prod', { api: reviewed }]])
  const rules = { clusters, fetchFor: () => fetch, audienceFor: (slug: string) => `https://mcp.example/${slug}` }
  const door = createKubernetesDoor({
    connections: createConnectionLookup(store),
    teamspaces: createTeamspaceLookup(store),
    clusters: rules,
    defaultTeamspace: undefined,
    now: Date.now,
    clockToleranceSeconds: 60,
  })
  store.changes.subscribe(() => door.forget())
  const connect = async (slug: string, settings: object = {}) => {
    const complete = kubernetesSettings.parse({ kind: 'kubernetes', cluster: 'prod', ...settings })
    const options = { clouds: CLOUDS, kubernetes: rules }
    return accepted(await setConnection(editorOf(store), slug, complete, options))
  }
  return { door, connect, clusters }
}

forEachStore(
  'a token that was verified is answered without a promise, whatever names the teamspace',
  async (_t, open) => {
    await using api = await startKubernetesEmulator()
    const store = await open()
    const { door, connect } = doorOf(store, api)
    const { id } = await aTeamspace(store, 'acme')
    const { audience } = await connect('acme')
    const token = api.issueToken({ ...CRAWLER, audiences: [audience] })
    for (const place of [id, undefined]) {
      const first = await door.verify(token, place)
      assert.ok(!isDenied(first) && first.teamspaceId === id)
      assert.equal(door.verify(token, place), first)
    }
    assert.equal(api.reviews.length, 1)
  },
)

forEachStore('a change of the connection counts on the next call', async (_t, open) => {
  await using api = await startKubernetesEmulator()
  const store = await open()
  const { door, connect } = doorOf(store, api)
  const { id } = await aTeamspace(store, 'acme')
  await connect('acme', { audience: 'before' })
  const token = api.issueToken({ ...CRAWLER, audiences: ['before'] })
  assert.ok(!isDenied(await door.verify(token, id)))
  await connect('acme', { audience: 'after' }) // in the same millisecond, by the editor's clock
  assert.ok(isDenied(await door.verify(token, id)))
})

forEachStore(
  'a cluster that operators took away proves nothing either way: a fault, and nobody is asked',
  async (_t, open) => {
    await using api = await startKubernetesEmulator()
    const store = await open()
    const { door, connect, clusters } = doorOf(store, api)
    const { id } = await aTeamspace(store, 'acme')
    const { audience } = await connect('acme')
    const token = api.issueToken({ ...CRAWLER, audiences: [audience] })
    for (const teamspaces of [['globex'], undefined]) {
      if (teamspaces) clusters.set('prod', { ...clusters.get('prod')!, teamspaces })
      else clusters.delete('prod')
      await assert.rejects(async () => door.verify(token, id), VerificationFault)
    }
    assert.deepEqual(api.requests, [])
  },
)
