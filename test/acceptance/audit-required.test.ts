import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL, settings: 'audit: { mode: required }\n' })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

/** What is on the disk about a call, by now. */
const rowsOf = (requestId: string | null): Promise<Record<string, unknown>[]> => {
  const ids = [requestId!, requestId!.replace(/^(.{14})7/, '$18')]
  const rows = gate.sallyport.store.db.selectFrom('audit').selectAll().where('id', 'in', ids).orderBy('seq').execute()
  return rows.then((all) => all.map(({ kind, event }) => ({ kind, ...(JSON.parse(event) as object) })))
}

/** Nothing can be written to the audit trail until `work` is over. */
async function withoutAudit(work: () => Promise<void>): Promise<void> {
  const { db } = gate.sallyport.store
  await sql`alter table audit rename to audit_away`.execute(db)
  try {
    await work()
  } finally {
    await sql`alter table audit_away rename to audit`.execute(db)
  }
}

test('B-27 audit required: the row that announces a call is on the disk before the server hears of it', async () => {
  let announced: Awaited<ReturnType<typeof rowsOf>> = []
  gate.upstream.answerWith((_seen, response) => {
    void sql<{ id: string }>`select id from audit where kind = 'attempt' order by seq desc limit 1`
      .execute(gate.sallyport.store.db)
      .then(({ rows }) => rowsOf(rows[0]!.id.replace(/^(.{14})8/, '$17')))
      .then((rows) => {
        announced = rows
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
  })
  const answer = await expectAllowed(gate, () => gate.call(ada))
  gate.upstream.answerWith()
  assert.deepEqual(
    announced.map(({ kind, decision, rule, server, rpcMethod, email }) => ({
      kind,
      decision,
      rule,
      server,
      rpcMethod,
      email,
    })),
    [
      {
        kind: 'attempt',
        decision: 'allowed',
        rule: 'role:developer',
        server: 'context7',
        rpcMethod: 'tools/list',
        email: ACME.ada.email,
      },
    ],
  )
  await gate.sallyport.flushAudit()
  const [attempt, call] = await rowsOf(answer.headers.get('x-request-id'))
  assert.deepEqual(
    [attempt?.kind, call?.kind, call?.['status'], call?.['upstreamStatus']],
    ['attempt', 'call', 200, 200],
  )
})

test('B-27 audit required: a refusal and a fault are answered when their row is on the disk', async () => {
  const refused = await expectRefusal(gate, () => gate.call(undefined), { status: 401, code: 'token_missing' })
  const [row] = await rowsOf(refused.headers.get('x-request-id'))
  assert.deepEqual([row?.kind, row?.['rule']], ['call', 'token_missing'])

  gate.upstream.answerWith((_seen, response) => void response.destroy())
  const failed = await gate.call(ada)
  gate.upstream.answerWith()
  assert.equal(failed.status, 502)
  const rows = await rowsOf(failed.headers.get('x-request-id'))
  assert.deepEqual(
    rows.map(({ kind, rule }) => [kind, rule]),
    [
      ['attempt', 'role:developer'],
      ['call', 'upstream_unreachable'],
    ],
  )
})

test('audit_unavailable: nothing is forwarded or refused while rows cannot be written, and all goes on afterwards', async () => {
  const ids: (string | null)[] = []
  await withoutAudit(async () => {
    const [allowed, refused] = [() => gate.call(ada), () => gate.call(undefined)]
    for (const send of [allowed, refused]) {
      const answer = await expectFault(gate, send, 'audit_unavailable')
      ids.push(answer.headers.get('x-request-id'))
    }
  })
  await expectAllowed(gate, () => gate.call(ada))
  await gate.sallyport.flushAudit()
  // What was tried meanwhile is told afterwards, as far as memory held it.
  for (const id of ids) assert.equal((await rowsOf(id)).at(-1)?.['rule'], 'audit_unavailable')
})

test('a hundred calls at once are each announced and answered', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => gate.call(index % 4 === 0 ? undefined : ada)),
  )
  await gate.sallyport.flushAudit()
  for (const [index, answer] of answers.entries()) {
    await answer.body?.cancel()
    const rows = await rowsOf(answer.headers.get('x-request-id'))
    assert.equal(rows.length, index % 4 === 0 ? 1 : 2)
  }
})
