import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../../apps/sallyport/src/store/schema.ts'
import { openStore } from '../../apps/sallyport/src/store/store.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import { parseMetrics } from '../support/metrics-text.ts'
import { freshDatabase } from '../support/postgres.ts'
import { USER, scimClient } from '../support/scim-client.ts'
import type { ScimClient } from '../support/scim-client.ts'

const MIB = 1024 * 1024
const BODY = 4 * MIB

/** 32 MiB for all of SCIM, 8 for one teamspace: two bodies of these, but for their last byte, and no third. */
const SETTINGS = `limits: { heldBytes: ${128 * MIB} }`

async function start(t: TestContext, database?: string) {
  const gate = await startGate({ settings: SETTINGS, ...(database !== undefined && { database }) })
  t.after(() => gate.close())
  const [acme, globex] = [await scimClient(gate, ACME.slug), await scimClient(gate, GLOBEX.slug)]
  const busy = async () => {
    const { operatorToken } = gate.sallyport
    const page = await fetch(`${gate.adminUrl}/metrics`, { headers: { authorization: `Bearer ${operatorToken}` } })
    return parseMetrics(await page.text()).value('sallyport_door_refusals_total{door="admin",code="busy"}')
  }
  return { gate, acme, globex, busy }
}

interface Sending {
  readonly call: ClientRequest
  readonly answer: Promise<{
    readonly status: number
    readonly headers: IncomingMessage['headers']
    readonly body: string
  }>
}

const soon = <Found>(found: Promise<Found>): Promise<Found> =>
  Promise.race([found, sleep(5_000, undefined, { ref: false }).then(() => assert.fail('nobody was refused'))])

/** All of a long body but its end. */
function sendSlowly(scim: ScimClient, announced: boolean): Sending {
  const call = request(`${scim.base}/Users`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${scim.token}`,
      'content-type': 'application/scim+json',
      ...(announced ? { 'content-length': BODY } : { 'transfer-encoding': 'chunked' }),
    },
  })
  const answer = new Promise<Awaited<Sending['answer']>>((resolve) => {
    call.on('error', () => {})
    call.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => (body += text))
      response.on('error', () => {})
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
  })
  call.write(Buffer.alloc(BODY - 1, ' '))
  return { call, answer }
}

for (const announced of [true, false]) {
  test(`long SCIM bodies that never end, ${announced ? 'announced' : 'in chunks'}: a teamspace fills its share, others are served, and all is well when they are gone`, async (t) => {
    const { gate, acme, globex, busy } = await start(t)
    const sending = Array.from({ length: 4 }, () => sendSlowly(acme, announced))
    const first = await soon(Promise.race(sending.map(({ answer }) => answer)))
    assert.equal(first.status, 503)
    assert.equal(first.headers['retry-after'], '5')
    assert.equal(first.headers['content-type'], 'application/scim+json')
    const { schemas, status } = JSON.parse(first.body)
    assert.deepEqual([schemas, status], [['urn:ietf:params:scim:api:messages:2.0:Error'], '503'])
    assert.ok((await busy()) >= 1)
    const lines = gate.logged.filter((line) => line.includes('Bodies fill the memory'))
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /"setting":"limits\.heldBytes"/)

    assert.equal((await globex.post('/Users', { schemas: [USER], userName: 'gus' })).status, 201)
    assert.equal((await gate.call(await gate.tokenFor(ACME.ada.email))).status, 200, 'calls are not held up')

    for (const { call } of sending) call.destroy()
    const long = `${JSON.stringify({ schemas: [USER], userName: 'late' })}${' '.repeat(BODY)}`
    let created = 0
    for (let attempt = 0; attempt < 100 && created !== 201; attempt++) {
      created = (await acme.send('POST', '/Users', long)).status
      await sleep(10)
    }
    assert.equal(created, 201)
  })
}

test('a long body is let go with the answer, whatever that is', async (t) => {
  const { acme, busy } = await start(t)
  const long = (text: string) => `${text}${' '.repeat(5 * MIB)}`
  for (const [text, status] of [
    ['{', 400],
    ['{}', 400],
    [JSON.stringify({ schemas: [USER], userName: 'one' }), 201],
    [JSON.stringify({ schemas: [USER], userName: 'one' }), 409],
  ] as const)
    for (let i = 0; i < (status === 201 ? 1 : 3); i++)
      assert.equal((await acme.send('POST', '/Users', long(text))).status, status)
  assert.equal((await acme.send('POST', '/Users', ' '.repeat(6 * MIB + 1))).status, 413)
  assert.equal(
    (await acme.send('POST', '/Users', long(JSON.stringify({ schemas: [USER], userName: 'two' })))).status,
    201,
  )
  assert.equal(await busy(), 0)
})

/** How many sessions of this database wait for a lock. */
async function waitingFor(db: Kysely<Database>): Promise<number> {
  await sql`select pg_stat_clear_snapshot()`.execute(db)
  const { rows } = await sql<{ waiting: string }>`
    select count(*) as waiting from pg_locks join pg_stat_activity using (pid)
    where not granted and datname = current_database()`.execute(db)
  return Number(rows[0]!.waiting)
}

test('what has arrived is held while the database makes it wait', async (t) => {
  const { url, drop } = await freshDatabase()
  const { gate, acme, globex } = await start(t, url)
  const elsewhere = await openStore({ url, sealingKey: gate.config.sealingKey })
  t.after(async () => {
    await elsewhere.close()
    await drop()
  })
  const long = (userName: string) => `${JSON.stringify({ schemas: [USER], userName })}${' '.repeat(BODY - 1024)}`

  const waiting = await elsewhere.transaction(async ({ db }) => {
    await sql`lock table scim_user in exclusive mode`.execute(db)
    const sent = ['one', 'two'].map((userName) => acme.send('POST', '/Users', long(userName)))
    for (let attempt = 0; (await waitingFor(db)) < sent.length; attempt++) {
      assert.ok(attempt < 1_000)
      await sleep(10)
    }
    const third = await acme.send('PATCH', '/Users/nobody', long('three'))
    assert.deepEqual([third.status, third.headers.get('retry-after')], [503, '5'])
    assert.equal((await globex.send('PATCH', '/Users/nobody', long('gus'))).status, 404)
    return sent
  })
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 201)
  assert.equal((await acme.send('POST', '/Users', long('three'))).status, 201)
})
