import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshFile } from '../../support/each-store.ts'
import { testClock } from '../../support/entra-tokens.ts'
import { GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { answerWithStreams, holdStream } from '../../support/held-stream.ts'
import type { HeldStream } from '../../support/held-stream.ts'
import { freshDatabase } from '../../support/postgres.ts'

export const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, auth: [EntraJwt, Token], outbound: { kind: none } }
  admins: { path: /admins/mcp, upstream: ${upstream}, roles: [owner, admin], outbound: { kind: none } }
  open: { path: /open/mcp, upstream: ${upstream}, auth: None, outbound: { kind: none } }
`

export interface World {
  readonly gate: TestGate
  readonly clock: ReturnType<typeof testClock>
}

/** Rows that say why this stream was cut. */
export async function rowsAbout({ sallyport, admin }: TestGate, { requestId }: HeldStream): Promise<any[]> {
  await sallyport.flushAudit()
  const { events } = await admin.must('GET', '/audit?limit=1000')
  return events.filter((event: any) => event.detail?.stream === requestId)
}

/** Cut for its client and for the server behind, for this reason, which a row says once. Answers the row. */
export async function expectCut(gate: TestGate, stream: HeldStream, code: string): Promise<any> {
  await stream.cut()
  const rows = await rowsAbout(gate, stream)
  assert.deepEqual(
    rows.map(({ decision, rule, status }) => [decision, rule, status]),
    [['denied', code, 0]],
  )
  for (let waits = 0; !stream.seen.aborted; waits++) assert.ok(waits < 200, await sleep(5, 'the server is not told'))
  return rows[0]
}

/** Of somebody whom nothing of this concerns: it stays open whatever happens to the others. */
export const holdBeside = async (gate: TestGate) => holdStream(gate, await gate.tokenFor(GLOBEX.gus.email, GLOBEX))

/** What the database decides must hold on either. */
export function onEachDatabase(title: string, register: (world: World) => void): void {
  for (const [engine, fresh] of [
    ['SQLite', freshFile],
    ['Postgres', freshDatabase],
  ] as const) {
    describe(`${title} (${engine})`, () => {
      const clock = testClock(Math.floor(Date.now() / 1000))
      let database: Awaited<ReturnType<typeof fresh>>
      let gate: TestGate
      before(async () => {
        database = await fresh()
        gate = await startGate({ database: database.url, servers: SERVERS, now: clock.now })
        answerWithStreams(gate.upstream)
      })
      after(() => gate.close().finally(() => database.drop()))
      register({
        get gate() {
          return gate
        },
        clock,
      })
    })
  }
}
