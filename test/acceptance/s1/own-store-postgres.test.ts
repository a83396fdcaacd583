import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { NO_CREDENTIAL, userClaims, testClock } from '../../support/entra-tokens.ts'
import { freePort } from '../../support/free-port.ts'
import { ACME, callMcp, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { ownStoreChecks } from './own-store-checks.ts'

ownStoreChecks('Postgres', freshDatabase)

/** A second process's worth of Sallyport on the same database, with caches of its own. */
async function startReplica(gate: TestGate, now: () => number) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const listen = { public: { host: '127.0.0.1', port: publicPort }, admin: { host: '127.0.0.1', port: adminPort } }
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const silent = createLog({ write: () => {} })
  const replica = await startSallyport({ ...gate.config, listen, publicUrl }, { now, log: silent })
  return { call: (accessToken: string) => callMcp(`${publicUrl}/context7/mcp`, accessToken, {}), close: replica.close }
}

test('S1 15: removing the connection ends access at another replica within seconds (Postgres)', async () => {
  const clock = testClock()
  const database = await freshDatabase()
  const gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, database: database.url })
  const replica = await startReplica(gate, clock.now)
  try {
    const accessToken = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
    await expectAllowed(gate, () => replica.call(accessToken))

    await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
    const removedAt = performance.now()
    while ((await replica.call(accessToken)).status === 200 && performance.now() - removedAt < 5000) await sleep(10)
    assert.ok(performance.now() - removedAt < 4000, 'the replica still admits after four seconds')
    const gone = { status: 401, says: 'Unknown audience', withoutSignIn: true }
    await expectRefusal(gate, () => replica.call(accessToken), gone)
  } finally {
    await replica.close()
    await gate.close()
    await database.drop()
  }
})
