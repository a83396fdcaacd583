import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { bootstrap, createConsoleBrowser, OPERATOR } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'
import { freshFile } from '../support/each-store.ts'
import { startGate } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'
import { relayTo } from '../support/postgres-relay.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Come again: neither a "no", which a console takes for signed out, nor a fault that nobody can do anything about. */
function expectUnavailable({ status, headers, text }: Answer, what: string) {
  assert.deepEqual([status, headers.get('retry-after')], [503, '5'], `${what} ${text}`)
  assert.deepEqual([headers.getSetCookie(), headers.get('www-authenticate')], [[], null], what)
  assert.doesNotMatch(text, /ECONN|sqlite|postgres|terminated/i, what)
}

test('while the database cannot be reached nobody is told no, nor signed out (Postgres)', async (t) => {
  const { url, drop } = await freshDatabase()
  t.after(drop)
  const relay = await relayTo(url)
  t.after(relay.close)
  const { gate, signIn, goThere } = await startConsoleGate(t, { database: relay.url })
  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, INITECH.iris.email)
  const newcomer = createConsoleBrowser(gate.adminUrl)
  const back = await goThere(newcomer, INITECH.iris.email)

  relay.cut()
  for (const path of ['/api/v1/me', '/api/v1/teamspaces/initech', '/api/v1/teamspaces/initech/overview']) {
    expectUnavailable(await browser.get(path), path)
  }
  expectUnavailable(await browser.get('/console/session'), 'session')
  expectUnavailable(await browser.post('/console/sign-out'), 'sign-out')
  expectUnavailable(await browser.post('/console/sign-in', OPERATOR), 'password')
  expectUnavailable(await browser.post('/console/bootstrap', { ...OPERATOR, secret: 'A'.repeat(43) }), 'link')
  const callback = await newcomer.get(`${back.pathname}${back.search}`)
  assert.deepEqual([callback.status, callback.headers.get('retry-after')], [503, '5'])
  const byToken = await gate.admin.send('GET', '/teamspaces')
  assert.equal(byToken.status, 503)

  relay.mend()
  assert.equal((await browser.get('/api/v1/teamspaces/initech')).status, 200)
})

test('while the disk is full, whoever changes something is told to come again (SQLite)', async (t) => {
  const { url, drop } = await freshFile()
  t.after(drop)
  const gate = await startGate({ database: url })
  t.after(() => gate.close())
  const browser = await bootstrap(gate)
  const { db } = gate.sallyport.store
  await sql`pragma max_page_count = 1`.execute(db) // that is: not one page more than there are
  const make = (number: number) => browser.post('/api/v1/teamspaces', { slug: `team-${number}`, name: 'x'.repeat(100) })
  let [answer, number] = [await make(0), 1]
  while (answer.status === 201 && number < 300) answer = await make(number++)
  expectUnavailable(answer, 'create')
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 200)
  await sql`pragma max_page_count = 1000000`.execute(db)
})
