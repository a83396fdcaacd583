import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { ACME, startGate } from '../../support/gate.ts'
import { freshFile } from '../../support/each-store.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { relayTo } from '../../support/postgres-relay.ts'
import { scimClient } from '../../support/scim-client.ts'
import type { ScimAnswer } from '../../support/scim-client.ts'

function expectUnavailable({ status, headers, body }: ScimAnswer) {
  assert.deepEqual([status, headers.get('retry-after'), body.status], [503, '5', '503'])
  assert.equal(headers.get('www-authenticate'), null, 'a good token is not called bad')
  assert.doesNotMatch(JSON.stringify(body), /ECONN|connection|sqlite|postgres/i)
}

test('while the database cannot be reached, each request is told to come again, and then it works (Postgres)', async (t) => {
  const { url, drop } = await freshDatabase()
  const relay = await relayTo(url)
  const gate = await startGate({ database: relay.url })
  t.after(async () => {
    await gate.close()
    relay.close()
    await drop()
  })
  const scim = await scimClient(gate, ACME.slug)
  const { body: user } = await scim.post('/Users', { userName: 'one' })
  relay.cut()
  const path = `/Users/${user.id}`
  expectUnavailable(await scim.get(path))
  expectUnavailable(await scim.list('/Users', 'userName eq "one"'))
  expectUnavailable(await scim.post('/Users', { userName: 'two' }))
  expectUnavailable(await scim.patch(path, [{ op: 'replace', path: 'active', value: false }]))
  expectUnavailable(await scim.delete(path))
  relay.mend()
  assert.equal((await scim.get(path)).body.active, true)
  assert.equal((await scim.post('/Users', { userName: 'two' })).status, 201)
})

test('while the disk is full, writing is told to come again, nothing is half written, and reading works (SQLite)', async (t) => {
  const { url, drop } = await freshFile()
  const gate = await startGate({ database: url })
  t.after(async () => {
    await gate.close()
    await drop()
  })
  const scim = await scimClient(gate, ACME.slug)
  assert.equal((await scim.get('/Users')).body.totalResults, 0)
  const { db } = gate.sallyport.store
  await sql`pragma max_page_count = 1`.execute(db) // that is: not one page more than there are
  const large = (number: number) => ({ userName: `user${number}`, title: 'x'.repeat(8_000) })
  let [answer, number] = [await scim.post('/Users', large(0)), 1]
  while (answer.status === 201 && number < 100) answer = await scim.post('/Users', large(number++))
  expectUnavailable(answer)
  assert.equal((await scim.get('/Users')).body.totalResults, number - 1)
  await sql`pragma max_page_count = 1000000`.execute(db)
  assert.equal((await scim.post('/Users', large(number - 1))).status, 201)
})
