import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { verifyChainPage } from '../../../apps/sallyport/src/audit/verify-chain.ts'
import type { GroupSyncView, SyncRun } from '../../../apps/sallyport/src/admin/group-sync-routes.ts'
import { openStore } from '../../../apps/sallyport/src/store/store.ts'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import { freshFile } from '../../support/each-store.ts'
import { freePort } from '../../support/free-port.ts'
import { ACME } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'
import { personId, SYNC_APP } from './synced-gate.ts'

const PROGRAM = fileURLToPath(new URL('../../support/gate-child-process.ts', import.meta.url))
const PEOPLE = 1_500
const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789'

async function startDirectory(t: TestContext) {
  const emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl) })
  t.after(() => emulator.close())
  const tenant = emulator.seed.tenants.find(({ id }) => id === ACME.tenantId)!
  const members = Array.from({ length: PEOPLE }, (_, index) => personId(index))
  for (const [index, id] of members.entries()) {
    const name = `person${index}@acme.example`
    const rest = { password: 'x', accountEnabled: true, guest: false, mfaRequired: false as const }
    tenant.users.push({ id, userPrincipalName: name, mail: name, displayName: name, ...rest })
  }
  const group = { id: personId(999_999), displayName: 'Synced', members, securityEnabled: true }
  tenant.groups.push(group)
  return { emulator, tenant, group }
}

type Directory = Awaited<ReturnType<typeof startDirectory>>

interface Place {
  readonly url: string
  readonly directory: Directory
  readonly ports: readonly [number, number]
}

/** A gate in a process of its own, which can be killed. The addresses stay: the federated credential names one. */
async function startChild(t: TestContext, place: Place) {
  const { url, directory, ports } = place
  const { emulator } = directory
  const [publicPort, adminPort] = ports
  const config = `publicUrl: http://127.0.0.1:${publicPort}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
clouds: { emulator: { authority: '${emulator.url}', graph: '${emulator.url}/graph' } }
servers: { some: { path: /mcp, upstream: 'http://127.0.0.1:9', auth: Token, outbound: { kind: none } } }
`
  const env = { ...process.env, DATABASE_URL: url, GATE_CONFIG: config, SALLYPORT_OPERATOR_TOKEN: OPERATOR_TOKEN }
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const exited = once(child, 'close')
  t.after(() => child.kill('SIGKILL'))
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail('the gate did not start'))])
  return {
    async send(method: string, path: string, body?: unknown) {
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' }
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await fetch(`http://127.0.0.1:${adminPort}/api/v1${path}`, init)
      return { status: response.status, body: (await response.json()) as any }
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function setUp(child: Awaited<ReturnType<typeof startChild>>, { tenant, group }: Directory): Promise<void> {
  await child.send('POST', '/teamspaces', { slug: 'acme', name: 'Acme' })
  const connection = { kind: 'entra', cloud: 'emulator', tenantId: ACME.tenantId, audience: ACME.gatewayClientId }
  const set = await child.send('PUT', '/teamspaces/acme/connections/entra', { ...connection, requiredScope: 'x' })
  assert.equal(set.status, 200, JSON.stringify(set.body))
  const shown = (await child.send('PUT', PATH, { clientId: SYNC_APP, groupId: group.id })).body as GroupSyncView
  tenant.apps.find(({ appId }) => appId === SYNC_APP)!.federatedCredentials.push({ ...shown.credential })
}

const PATH = '/teamspaces/acme/group-sync'

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`S2E-10 a run that is killed half way keeps other replicas waiting for its lease alone, and a repeat makes everybody once (${engine})`, async (t) => {
    const { url, drop } = await fresh()
    t.after(drop)
    const directory = await startDirectory(t)
    const place: Place = { url, directory, ports: [await freePort(), await freePort()] }
    const first = await startChild(t, place)
    await setUp(first, directory)
    directory.emulator.setFault({ path: 'graph', kind: 'slow', delayMs: 5_000, skip: 1 }) // between two pages
    assert.equal((await first.send('POST', `${PATH}/runs`)).status, 202)
    while ((await first.send('GET', '/teamspaces/acme/members?limit=500')).body.members.length < 400) await sleep(10)
    await first.kill()
    directory.emulator.setFault(undefined)

    const sealingKey = Buffer.from(TEST_SALLYPORT_KEY, 'base64')
    if (engine === 'Postgres') {
      const second = await startChild(t, place)
      const early = await second.send('POST', `${PATH}/runs`)
      assert.deepEqual([early.status, early.body.detail], [409, 'A run of this group sync is already running'])
      await second.kill()
      const store = await openStore({ url, sealingKey })
      const { lease_until } = await store.db.selectFrom('group_sync').select('lease_until').executeTakeFirstOrThrow()
      assert.ok(lease_until !== null && lease_until < Date.now() + 60_000)
      await store.db.updateTable('group_sync').set({ lease_until: Date.now() }).execute() // a minute later
      await store.close()
    }

    const third = await startChild(t, place)
    const { lastRun } = (await third.send('GET', PATH)).body as GroupSyncView
    assert.deepEqual([lastRun?.outcome, lastRun?.error?.code], ['failed', 'stopped'])
    const begun = await third.send('POST', `${PATH}/runs`)
    assert.equal(begun.status, 202)
    let runs: SyncRun[] = []
    while (runs[0]?.outcome !== 'succeeded') {
      await sleep(20)
      runs = (await third.send('GET', `${PATH}/runs`)).body.runs
      assert.notEqual(runs[0]?.outcome, 'failed')
    }
    assert.deepEqual([runs[1]?.outcome, runs[1]?.error?.code], ['failed', 'stopped'])
    assert.ok(runs[0].members === PEOPLE && runs[0].added <= PEOPLE - 400, JSON.stringify(runs[0]))
    await third.kill()

    const after = await openStore({ url, sealingKey })
    const identities = await after.db.selectFrom('identity').select(['subject', 'teamspace_id']).execute()
    const chain = await verifyChainPage(after, identities[0]!.teamspace_id, { limit: 5_000 })
    await after.close()
    assert.equal(new Set(identities.map(({ subject }) => subject)).size, PEOPLE)
    assert.equal(identities.length, PEOPLE)
    assert.ok(chain.isWhole, JSON.stringify(chain.problem))
  })
}
