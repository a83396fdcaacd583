import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { GateOptions } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'

const CONNECTION = '/teamspaces/acme/connections/entra'

async function gateFor(t: TestContext, options: GateOptions = {}) {
  const gate = await startGate(options)
  t.after(() => gate.close())
  const { admin, emulator } = gate
  const { graph } = emulator.seed.tenants[0]!
  return {
    ...gate,
    test: () => admin.must('POST', `${CONNECTION}/test`),
    lastTest: async () => (await admin.must('GET', CONNECTION)).lastTest,
    connect: (more: object = {}) => admin.must('PUT', CONNECTION, admin.connectionBody(ACME, more)),
    /** Takes every permission of Graph from the gateway's client. */
    forbidGraph() {
      graph.roleAssignments = graph.roleAssignments.filter(({ principalId }) => principalId !== ACME.gatewayClientId)
    },
  }
}

function forEachEngine(title: string, run: (t: TestContext, database: string) => Promise<void>): void {
  test(`${title} (SQLite)`, (t) => run(t, 'sqlite::memory:'))
  test(`${title} (Postgres)`, async (t) => {
    const { url, drop } = await freshDatabase()
    t.after(drop)
    await run(t, url)
  })
}

forEachEngine(
  'what a test showed is kept until the next one, and stale once the connection is changed',
  async (t, database) => {
    let at = Date.now()
    const { admin, test, lastTest, connect, emulator } = await gateFor(t, { database, now: () => at })
    assert.equal(await lastTest(), undefined)
    const result = await test()
    assert.deepEqual(await lastTest(), { at, by: 'operator', isStale: false, result })
    const listed = async () => (await admin.must('GET', '/teamspaces/acme/connections')).connections[0].lastTest
    assert.deepEqual(await listed(), await lastTest())
    assert.equal((await admin.must('GET', '/teamspaces/globex/connections')).connections[0].lastTest, undefined)

    at += 60_000
    await connect({ requiredScope: null })
    assert.deepEqual(await lastTest(), { at: at - 60_000, by: 'operator', isStale: true, result })
    emulator.setFault({ path: 'discovery', kind: 'status', status: 500 })
    await test()
    assert.deepEqual(await listed(), {
      at,
      by: 'operator',
      isStale: false,
      result: { outcome: 'unreachable', says: 'answered 500' },
    })
    assert.ok(!JSON.stringify(await listed()).includes(ACME.gatewaySecret))

    await admin.must('DELETE', CONNECTION)
    await connect()
    assert.equal(await lastTest(), undefined, 'it goes with the connection')
  },
)

test('whoever tests a connection does not stand in the way of who edits it', async (t) => {
  const { test, adminUrl, sallyport } = await gateFor(t)
  const tag = async () => {
    const headers = { authorization: `Bearer ${sallyport.operatorToken}` }
    return (await fetch(`${adminUrl}/api/v1${CONNECTION}`, { headers })).headers.get('etag')
  }
  const before = await tag()
  await test()
  assert.equal(await tag(), before)
})

test('M-23 that groups cannot be read is a warning, and a failure where something goes by groups', async (t) => {
  const { admin, test, connect, forbidGraph } = await gateFor(t)
  assert.equal((await test()).warnings, undefined, 'it may')

  forbidGraph()
  const hint =
    'Grant the gateway app the application permission GroupMember.Read.All of Microsoft Graph, with admin consent.'
  const warned = await test()
  assert.deepEqual([warned.outcome, warned.warnings], ['ok', [hint]])

  await admin.setPolicy('acme', {
    default: 'deny',
    rules: [{ name: 'ours', effect: 'allow', who: { groups: ['aaaaaaaa-0002-4000-8000-000000000001'] } }],
  })
  assert.deepEqual(await test(), { outcome: 'groups_unavailable', says: hint })
  await connect({ groups: 'token' })
  assert.equal((await test()).outcome, 'ok', 'nobody would ask')
  await admin.setPolicy('acme')
  await connect({ groups: 'graph' })
  assert.equal((await test()).outcome, 'groups_unavailable')
})

test('a client that gets no token is found out, and its secret is said nowhere', async (t) => {
  const { connect, test } = await gateFor(t)
  const secret = 'another-secret-that-is-wrong'
  const onBehalfOf = {
    clientId: ACME.gatewayClientId,
    credential: { kind: 'secret', secret },
    scope: `api://${ACME.apiClientId}/.default`,
  }
  await connect({ onBehalfOf })
  const { outcome, warnings } = await test()
  assert.equal(outcome, 'ok')
  assert.match(warnings[0], /^The gateway client gets no token for Microsoft Graph: /)
  assert.ok(!warnings[0].includes(secret))
})

test('Microsoft Graph is not asked for a connection without a credential', async (t) => {
  const { admin, emulator } = await gateFor(t)
  const { onBehalfOf: _, ...settings } = admin.connectionBody(GLOBEX)
  await admin.must('PUT', '/teamspaces/globex/connections/entra', settings)
  emulator.clearRequests()
  const { outcome, warnings } = await admin.must('POST', '/teamspaces/globex/connections/entra/test')
  assert.deepEqual([outcome, warnings], ['ok', undefined])
  assert.ok(emulator.requests.every(({ path }) => !/token|graph/.test(path)))
})
