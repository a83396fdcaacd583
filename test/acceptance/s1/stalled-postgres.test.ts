import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { NO_CREDENTIAL, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'

/** A way to Postgres on which, once stalled, nothing arrives any more, as when a firewall drops the packets. */
async function startStallableWay(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let stalled = false
  const server = createServer((client) => {
    const behind = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(from)
      from
        .on('error', () => {})
        .on('data', (bytes) => stalled || to.write(bytes))
        .on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    stall: () => void (stalled = true),
    close: () => (sockets.forEach((socket) => socket.destroy()), server.close()),
  }
}

test('S1 3: a database that does not answer any more is a 503 within ten seconds, not a call that hangs (Postgres)', async () => {
  const database = await freshDatabase()
  const way = await startStallableWay(database.url)
  const clock = testClock()
  const gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, database: way.url })
  const signed = () => gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
  assert.equal((await gate.call(await signed())).status, 200)
  clock.advance(31) // past the backstop of the look-ups
  way.stall()
  try {
    const signal = AbortSignal.timeout(10_000)
    assert.equal((await gate.call(await signed(), { signal })).status, 503)
    // The challenge looks up the sign-in of the place, so without a bound it hangs as well.
    assert.equal((await gate.call(undefined, { signal: AbortSignal.timeout(10_000) })).status, 401)
  } finally {
    way.close()
    await gate.close().catch(() => {})
    await database.drop()
  }
})
