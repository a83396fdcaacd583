import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import type { Cluster } from '../config/clusters-section.ts'
import { aTeamspace, accepted, CLOUDS, editorOf } from '../teamspaces/acme.fixture.ts'
import type { Store } from '../store/store.ts'
import type { KubernetesRules } from './kubernetes-record.ts'
import { kubernetesSettings } from './kubernetes-settings.ts'
import { setConnection } from './set-connection.ts'
import { testKubernetesConnection } from './test-kubernetes-connection.ts'

const aCluster = (
  name: string,
  server = 'https://10.0.0.1',
  credential = 'reviewer',
  teamspaces?: string[],
): Cluster => ({
  api: { name, server, credential: () => credential, timeoutSeconds: 1 },
  ...(teamspaces && { teamspaces }),
})

const rulesOf = (...clusters: Cluster[]): KubernetesRules => ({
  clusters: new Map(clusters.map((cluster) => [cluster.api.name, cluster])),
  fetchFor: () => fetch,
  audienceFor: (slug) => `https://mcp.example/t/${slug}/mcp`,
})

const RULES = rulesOf(aCluster('prod'), aCluster('lab', undefined, undefined, ['acme']))

const connect = (store: Store, slug: string, settings: object, kubernetes: KubernetesRules | undefined = RULES) =>
  setConnection(editorOf(store), slug, kubernetesSettings.parse({ kind: 'kubernetes', cluster: 'prod', ...settings }), {
    clouds: CLOUDS,
    kubernetes,
  })

const refusalOf = (outcome: object) => ('refused' in outcome ? outcome.refused : undefined) as Record<string, string>

test('what contradicts itself is refused where it is written', () => {
  const problemsOf = (settings: object) =>
    kubernetesSettings
      .safeParse({ kind: 'kubernetes', cluster: 'prod', ...settings })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  assert.deepEqual(problemsOf({ issuer: 'https://issuer.example', requiredScope: 'mcp', verify: 'both' }), [])
  assert.deepEqual(problemsOf({ verify: 'oidc' }), ['issuer: is needed by verify oidc'])
  assert.deepEqual(problemsOf({ verify: 'both' }), ['issuer: is needed by verify both'])
  assert.match(problemsOf({ verify: 'tokenreview', issuer: 'https://i.example' })[0]!, /no meaning/)
  assert.match(problemsOf({ requiredScope: 'mcp' })[0]!, /a TokenReview tells no scopes/)
  assert.match(problemsOf({ issuer: 'http://i.example' })[0]!, /must be https/)
  assert.match(problemsOf({ audience: 'two words' })[0]!, /one word/)
  assert.match(problemsOf({ jit: { claim: 'namespace', values: [] } })[0]!, /at least one value/)
})

forEachStore('D-12 without an audience, tokens are for the address of the teamspace itself', async (_t, open) => {
  const store = await open()
  for (const slug of ['acme', 'globex']) {
    await aTeamspace(store, slug)
    assert.equal(accepted(await connect(store, slug, {})).audience, `https://mcp.example/t/${slug}/mcp`)
  }
  const taken = refusalOf(await connect(store, 'globex', { audience: 'https://mcp.example/t/acme/mcp' }))
  assert.equal(taken['says'], 'This audience is already configured for another teamspace')
})

forEachStore('a teamspace may use the clusters that operators let it use, and no other', async (_t, open) => {
  const store = await open()
  for (const slug of ['acme', 'globex']) await aTeamspace(store, slug)
  accepted(await connect(store, 'acme', { cluster: 'lab' }))
  const says = async (slug: string, settings: object, rules?: KubernetesRules) =>
    refusalOf(await connect(store, slug, settings, rules))['says']
  assert.equal(await says('globex', { cluster: 'lab' }), 'must be one of prod')
  assert.equal(await says('acme', { cluster: 'constructor' }), 'must be one of prod, lab')
  assert.match((await says('acme', {}, rulesOf()))!, /clusters of sallyport.yaml has none/)
})

test('S5-22 the test of a connection asks as calls will, and says what to grant', async () => {
  await using api = await startKubernetesEmulator()
  const rules = rulesOf(aCluster('prod', api.url, api.reviewer()), aCluster('wrong', api.url, 'stale'))
  const ask = (settings: object) => {
    const connection = kubernetesSettings.parse({ kind: 'kubernetes', cluster: 'prod', audience: 'mcp', ...settings })
    return testKubernetesConnection(connection, 'acme', { kubernetes: rules, now: Date.now })
  }
  assert.deepEqual(await ask({}), { outcome: 'ok', cluster: 'prod', asked: ['tokenreview'] })
  const both = { outcome: 'ok', cluster: 'prod', asked: ['oidc', 'tokenreview'] }
  assert.deepEqual(await ask({ verify: 'both', issuer: api.issuer }), both)
  const saysOf = async (settings: object) => ((await ask(settings)) as { says: string }).says
  assert.match(await saysOf({ cluster: 'wrong' }), /401: our own credential is not accepted/)
  api.failWith(403)
  assert.match(await saysOf({}), /ClusterRole system:auth-delegator/)
  api.failWith(undefined)
  const other = `${api.issuer}/`
  const mismatch = await saysOf({ issuer: other })
  assert.ok(mismatch.includes(`${other} is configured`) && mismatch.includes(`"${api.issuer}"`), mismatch)
})
