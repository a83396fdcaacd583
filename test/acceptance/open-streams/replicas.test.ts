import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { freePort } from '../../support/free-port.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { answerWithStreams, CUT_MS, holdStream } from '../../support/held-stream.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { relayTo } from '../../support/postgres-relay.ts'
import { expectCut, SERVERS } from './world.ts'

/** Another Sallyport on the same database. */
async function startReplica(gate: TestGate, database: string) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const listen = { public: { host: '127.0.0.1', port: publicPort }, admin: { host: '127.0.0.1', port: adminPort } }
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const log = createLog({ write: () => {} })
  const { close, flushAudit } = await startSallyport({ ...gate.config, listen, publicUrl, database }, { log })
  return { mcpUrl: `${publicUrl}/context7/mcp`, upstream: gate.upstream, close, flushAudit }
}

test('an open event stream is cut at the replica that has it, whichever heard of the change first (Postgres)', async (t) => {
  const database = await freshDatabase()
  const gate = await startGate({ database: database.url, servers: SERVERS })
  const replica = await startReplica(gate, database.url)
  t.after(() => replica.close().then(gate.close).finally(database.drop))
  answerWithStreams(gate.upstream)
  const [ada, ben] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(ACME.ben.email)]
  const streams = [await holdStream(replica, ada), await holdStream(gate, ada), await holdStream(replica, ben)] as const
  await gate.admin.removeMember('acme', ACME.ada.email)
  await Promise.all([streams[0].cut(), streams[1].cut()])
  await replica.flushAudit()
  for (const stream of streams.slice(0, 2)) await expectCut(gate, stream, 'member_unknown')
  assert.equal(streams[2].isOpen, true)
  await streams[2].close()
})

test('a replica that was cut off from the database keeps its streams, and ends those that it missed the end of', async (t) => {
  const database = await freshDatabase()
  const relay = await relayTo(database.url)
  const gate = await startGate({ database: database.url, servers: SERVERS })
  const replica = await startReplica(gate, relay.url)
  t.after(() =>
    replica
      .close()
      .then(gate.close)
      .finally(() => (relay.close(), database.drop())),
  )
  answerWithStreams(gate.upstream)
  const [ada, ben] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(ACME.ben.email)]
  const [removed, kept] = [await holdStream(replica, ada), await holdStream(replica, ben)]
  relay.cut()
  await gate.admin.removeMember('acme', ACME.ada.email)
  await sleep(1_500)
  assert.deepEqual([removed.isOpen, kept.isOpen], [true, true])
  relay.mend()
  // It asks for its connection again after a few seconds at most.
  for (let waited = 0; removed.isOpen && waited < 2 * CUT_MS; waited += 50) await sleep(50)
  await removed.cut()
  assert.equal(kept.isOpen, true)
  await kept.close()
})
