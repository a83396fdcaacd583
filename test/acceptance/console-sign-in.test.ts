import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { bootstrap, createConsoleBrowser, OPERATOR, secretOf } from '../support/console-browser.ts'
import { startGate } from '../support/gate.ts'
import type { GateOptions } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'

async function gateFor(t: TestContext, options: GateOptions = {}) {
  const gate = await startGate(options)
  t.after(() => gate.close())
  return gate
}

/** On both engines; `open` starts the same instance once more after `gate.close()`. */
function forEachEngine(title: string, run: (t: TestContext, database: string) => Promise<void>): void {
  test(`${title} (SQLite)`, (t) => run(t, 'sqlite::memory:'))
  test(`${title} (Postgres)`, async (t) => {
    const { url, drop } = await freshDatabase()
    t.after(drop)
    await run(t, url)
  })
}

const minutes = (count: number) => count * 60_000

forEachEngine('the link of the first start makes the operator, signs in, and is over', async (t, database) => {
  const gate = await gateFor(t, { database })
  const link = gate.sallyport.bootstrapLink
  assert.match(link ?? '', new RegExp(`^${gate.adminUrl}/bootstrap#[\\w-]{43}$`))
  const browser = createConsoleBrowser(gate.adminUrl)
  const before = await browser.get('/console/session')
  assert.deepEqual([before.body.signedIn, before.body.needsBootstrap], [null, true])

  const made = await browser.post('/console/bootstrap', { secret: secretOf(link), ...OPERATOR })
  assert.deepEqual([made.status, made.body], [200, { next: 'done', returnTo: '/' }])
  const [cookie = ''] = made.headers.getSetCookie()
  assert.match(cookie, /^sallyport_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800$/)

  const { signedIn, needsBootstrap } = (await browser.get('/console/session')).body
  assert.deepEqual([signedIn.account.email, signedIn.account.isOperator], [OPERATOR.email, true])
  assert.equal(needsBootstrap, false)
  const { teamspaces } = (await browser.get('/api/v1/teamspaces')).body
  assert.equal(teamspaces.length, 2)

  const again = await createConsoleBrowser(gate.adminUrl).post('/console/bootstrap', {
    secret: secretOf(link),
    ...OPERATOR,
  })
  assert.equal(again.status, 403)
  assert.match(again.body.detail, /sallyport console reset-link/)
})

forEachEngine('of many who come with the link at once, one becomes the operator', async (t, database) => {
  const gate = await gateFor(t, { database })
  const secret = secretOf(gate.sallyport.bootstrapLink)
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      createConsoleBrowser(gate.adminUrl).post('/console/bootstrap', {
        ...OPERATOR,
        secret,
        email: `person-${index}@sallyport.example`,
      }),
    ),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 403, 403, 403, 403, 403])
  const rows = await gate.sallyport.store.db.selectFrom('console_account').select('email').execute()
  assert.equal(rows.length, 1)
})

test('the link is for a day, and for passwords that are long enough', async (t) => {
  let at = Date.now()
  const gate = await gateFor(t, { now: () => at })
  const browser = createConsoleBrowser(gate.adminUrl)
  const secret = secretOf(gate.sallyport.bootstrapLink)
  for (const password of ['elevenchars', 'x'.repeat(257), 'OLGA@sallyport.example']) {
    const short = await browser.post('/console/bootstrap', { secret, ...OPERATOR, password })
    assert.equal(short.status, 400)
    assert.equal(short.body.errors[0].path, 'password')
  }
  at += minutes(24 * 60)
  assert.equal((await browser.post('/console/bootstrap', { secret, ...OPERATOR })).status, 403)
})

forEachEngine('the operator signs in by password, and out again', async (t, database) => {
  const gate = await gateFor(t, { database })
  await bootstrap(gate)
  const browser = createConsoleBrowser(gate.adminUrl)
  const asked = await browser.post('/console/sign-in', { email: OPERATOR.email })
  assert.deepEqual(asked.body, { next: 'password' })
  assert.deepEqual((await browser.post('/console/sign-in', { email: 'nobody@sallyport.example' })).body, asked.body)

  const upper = { email: OPERATOR.email.toUpperCase(), password: OPERATOR.password, returnTo: '/audit?limit=3' }
  const answer = await browser.post('/console/sign-in', upper)
  assert.deepEqual([answer.status, answer.body], [200, { next: 'done', returnTo: '/audit?limit=3' }])
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 200)

  const kept = new Map(browser.cookies)
  assert.equal((await browser.post('/console/sign-out')).status, 204)
  assert.equal(browser.cookies.size, 0)
  for (const [name, value] of kept) browser.cookies.set(name, value)
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 401)
})

test('a wrong password and an e-mail that nobody has get one answer, and both are in the audit trail', async (t) => {
  const gate = await gateFor(t)
  await bootstrap(gate)
  const browser = createConsoleBrowser(gate.adminUrl)
  const wrong = await browser.post('/console/sign-in', { ...OPERATOR, password: 'not the password' })
  const unknown = await browser.post('/console/sign-in', { ...OPERATOR, email: 'nobody@sallyport.example' })
  assert.deepEqual([wrong.status, wrong.text], [403, unknown.text])
  assert.deepEqual([wrong.headers.getSetCookie(), unknown.headers.getSetCookie()], [[], []])

  const { events } = (await gate.admin.send('GET', '/audit?limit=3')).body
  assert.deepEqual(
    events.map(({ action, actor, after }: any) => [action, actor, after.email, after.reason]),
    [
      ['console.sign_in_refused', 'anonymous', 'nobody@sallyport.example', 'wrong'],
      ['console.sign_in_refused', 'anonymous', OPERATOR.email, 'wrong'],
      ['console.bootstrap', OPERATOR.email, undefined, undefined],
    ],
  )
  assert.ok(!JSON.stringify(events).includes(OPERATOR.password))
  assert.ok(!gate.logged.join('').includes('battery'))
})

forEachEngine('a session ends when it is unused, when it is old, and whatever it does then', async (t, database) => {
  let at = Date.now()
  const settings = 'console: { sessionHours: 2, idleMinutes: 30 }\n'
  const gate = await gateFor(t, { database, now: () => at, settings })
  const used = await bootstrap(gate)
  const idle = createConsoleBrowser(gate.adminUrl)
  await idle.post('/console/sign-in', OPERATOR)
  const isIn = async (browser: typeof used) => (await browser.get('/api/v1/teamspaces')).status === 200

  for (let step = 1; step <= 5; step++) {
    at += minutes(20)
    assert.ok(await isIn(used), `after ${step * 20} minutes`)
  }
  assert.equal(await isIn(idle), false)
  at += minutes(20)
  assert.equal(await isIn(used), false)

  await idle.post('/console/sign-in', OPERATOR)
  const sessions = await gate.sallyport.store.db.selectFrom('console_session').select('id').execute()
  assert.equal(sessions.length, 1, 'those that ended are removed')
})

forEachEngine('what pages ask by themselves keeps nobody signed in who is gone', async (t, database) => {
  let at = Date.now()
  const gate = await gateFor(t, { database, now: () => at, settings: 'console: { idleMinutes: 30 }\n' })
  const browser = await bootstrap(gate)
  const background = { 'sallyport-background': '1' }
  const poll = async () => (await browser.get('/api/v1/overview', background)).status
  const seen = async () => (await browser.get('/console/session', background)).body.signedIn.session.endsAt - at

  for (const passed of [0, 10, 20]) {
    assert.equal(await seen(), minutes(30 - passed), 'nor does asking when it ends')
    assert.equal(await poll(), 200)
    at += minutes(10)
  }
  assert.equal(await poll(), 401, 'the page learns it by itself')
  assert.equal((await browser.get('/api/v1/overview')).status, 401, 'and a click comes too late')

  await browser.post('/console/sign-in', OPERATOR)
  at += minutes(29)
  assert.equal((await browser.get('/api/v1/overview')).status, 200)
  at += minutes(29)
  assert.equal(await poll(), 200, 'a click counts, also between polls')
})

forEachEngine('a person sees where they are signed in, ends one, and then all', async (t, database) => {
  const gate = await gateFor(t, { database })
  const laptop = await bootstrap(gate)
  const phone = createConsoleBrowser(gate.adminUrl)
  await phone.post('/console/sign-in', OPERATOR, { 'user-agent': 'Phone/1 \u00e9' })
  const { sessions } = (await laptop.get('/api/v1/me/sessions')).body
  assert.equal(sessions.length, 2)
  const [other] = sessions.filter(({ isCurrent }: { isCurrent: boolean }) => !isCurrent)
  assert.deepEqual([other.way, other.agent, other.address], ['password', 'Phone/1 ?', '127.0.0.1'])
  assert.ok(!JSON.stringify(sessions).includes([...phone.cookies.values()][0]!))

  assert.equal((await laptop.send('DELETE', `/api/v1/me/sessions/${other.id}`)).status, 204)
  assert.equal((await laptop.send('DELETE', `/api/v1/me/sessions/${other.id}`)).status, 404)
  assert.equal((await phone.get('/api/v1/me/sessions')).status, 401)
  assert.equal((await laptop.get('/api/v1/me/sessions')).status, 200)

  await phone.post('/console/sign-in', OPERATOR)
  assert.equal((await laptop.post('/console/sign-out-everywhere')).status, 204)
  assert.equal((await phone.get('/api/v1/me/sessions')).status, 401)
  const { events } = (await gate.admin.send('GET', '/audit?limit=1')).body
  assert.equal(events[0].action, 'console.sign_out_everywhere')
})

test('an account has twenty sessions at most; the oldest go', async (t) => {
  let at = Date.now()
  const gate = await gateFor(t, { now: () => (at += 1) })
  const first = await bootstrap(gate)
  for (let count = 0; count < 20; count++) {
    await createConsoleBrowser(gate.adminUrl).post('/console/sign-in', OPERATOR)
  }
  assert.equal((await first.get('/api/v1/me/sessions')).status, 401)
  const rows = await gate.sallyport.store.db.selectFrom('console_session').select('id').execute()
  assert.equal(rows.length, 20)
})

forEachEngine('a reset link sets another password once, and ends all sessions of the old one', async (t, database) => {
  const gate = await gateFor(t, { database })
  const stolen = await bootstrap(gate)
  assert.equal((await stolen.post('/api/v1/console/reset-link')).status, 403, 'no session makes itself permanent')
  const first = (await gate.admin.must('POST', '/console/reset-link')).link
  const { link } = await gate.admin.must('POST', '/console/reset-link')
  const browser = createConsoleBrowser(gate.adminUrl)
  const fresh = { email: 'olga@elsewhere.example', password: 'another horse battery' }
  assert.equal((await browser.post('/console/bootstrap', { secret: secretOf(first), ...fresh })).status, 403)
  assert.equal((await browser.post('/console/bootstrap', { secret: secretOf(link), ...fresh })).status, 200)

  assert.equal((await stolen.get('/api/v1/teamspaces')).status, 401)
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 200)
  assert.equal((await browser.post('/console/sign-in', OPERATOR)).status, 403)
  assert.equal((await browser.post('/console/sign-in', fresh)).status, 200)
  assert.equal((await browser.post('/console/bootstrap', { secret: secretOf(link), ...fresh })).status, 403)
})

test('without an address for browsers there is no console, and no link', async (t) => {
  const gate = await gateFor(t)
  const { reload, adminUrl } = gate.sallyport
  await reload({ ...gate.config, console: { ...gate.config.console, url: undefined } })
  assert.equal((await fetch(`${adminUrl}/console/session`)).status, 404)
  assert.equal((await gate.admin.send('POST', '/console/reset-link')).status, 409)
})
