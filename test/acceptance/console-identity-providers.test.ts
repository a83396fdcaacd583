import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createConsoleBrowser } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'
import { ACME, GLOBEX } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'

function forEachEngine(title: string, run: (t: TestContext, database: string) => Promise<void>): void {
  test(`${title} (SQLite)`, (t) => run(t, 'sqlite::memory:'))
  test(`${title} (Postgres)`, async (t) => {
    const { url, drop } = await freshDatabase()
    t.after(drop)
    await run(t, url)
  })
}

forEachEngine(
  'B-05 the domain of an e-mail chooses the identity provider, and its people sign in',
  async (t, database) => {
    const { gate, signIn } = await startConsoleGate(t, { database })
    await gate.admin.must('POST', `/teamspaces/${GLOBEX.slug}/members`, {
      email: ACME.dev.email,
      objectId: ACME.dev.oid,
    })
    for (const [email, slug, role] of [
      [ACME.ada.email, 'acme', 'developer'],
      [GLOBEX.gus.email, 'globex', 'developer'],
      [INITECH.iris.email, 'initech', 'developer'],
    ] as const) {
      const browser = createConsoleBrowser(gate.adminUrl)
      const back = await signIn(browser, email, { returnTo: `/teamspaces/${slug}` })
      assert.deepEqual([back.status, back.headers.get('location')], [303, `/teamspaces/${slug}`], back.text)
      assert.deepEqual([...browser.cookies.keys()], ['sallyport_session'], 'the login state is gone')
      const { signedIn } = (await browser.get('/console/session')).body
      assert.deepEqual([signedIn.account.email, signedIn.account.isOperator], [email, false])
      assert.deepEqual(
        signedIn.teamspaces.map((each: any) => [each.slug, each.role]),
        [[slug, role]],
      )
      const { teamspaces } = (await browser.get('/api/v1/teamspaces')).body
      assert.deepEqual(
        teamspaces.map((each: any) => each.slug),
        [slug],
      )
      assert.equal((await browser.get('/api/v1/teamspaces/nobodys')).status, 404)
    }
    // An object id that Globex's teamspace knows is nobody when Acme's tenant vouches for it.
    const dev = await signIn(createConsoleBrowser(gate.adminUrl), ACME.dev.email)
    assert.equal(dev.status, 403)
  },
)

forEachEngine('whoever belongs nowhere is told whom to ask, and nothing of them is kept', async (t, database) => {
  const { gate, signIn } = await startConsoleGate(t, { database })
  const browser = createConsoleBrowser(gate.adminUrl)
  const refused = await signIn(browser, ACME.dev.email)
  assert.equal(refused.status, 403)
  assert.match(refused.text, /Ask an owner or admin of your teamspace/)
  assert.ok(refused.text.includes(ACME.dev.oid))
  assert.equal(browser.cookies.size, 0)
  const { db } = gate.sallyport.store
  assert.deepEqual(await db.selectFrom('console_account').select('id').execute(), [])
  const { events } = (await gate.admin.send('GET', '/audit?limit=1')).body
  assert.deepEqual(
    [events[0].action, events[0].after.reason, events[0].after.subject, events[0].after.way],
    ['console.sign_in_refused', 'no_access', ACME.dev.oid, 'acme'],
  )
})

forEachEngine('S2D-13 a member who is removed loses the console at the next request', async (t, database) => {
  const { gate, signIn } = await startConsoleGate(t, { database })
  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, ACME.ada.email)
  await gate.admin.must('POST', `/teamspaces/globex/members`, { email: ACME.ada.email, objectId: ACME.ada.oid })
  assert.equal((await browser.get('/api/v1/teamspaces/globex')).status, 404, 'of another tenant')
  assert.equal((await browser.get('/api/v1/teamspaces/acme')).status, 200)

  await gate.admin.removeMember('acme', ACME.ada.email)
  assert.equal((await browser.get('/api/v1/teamspaces/acme')).status, 401)
  assert.equal((await browser.get('/console/session')).body.signedIn, null)
  assert.equal((await signIn(browser, ACME.ada.email)).status, 403)
})

test('roles count as they are now: a developer may not, an owner may', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, INITECH.iris.email)
  assert.equal((await browser.send('DELETE', '/api/v1/teamspaces/initech')).status, 403)
  await gate.sallyport.store.db.updateTable('member').set({ role: 'owner' }).execute()
  assert.equal((await browser.send('DELETE', '/api/v1/teamspaces/acme')).status, 404)
  assert.equal((await browser.send('DELETE', '/api/v1/teamspaces/initech')).status, 200)
  const { events } = (await gate.admin.send('GET', '/audit?limit=1')).body
  assert.deepEqual([events[0].action, events[0].actor], ['teamspace.remove', INITECH.iris.email])
})

test('an operator is named by provider and subject, exactly, and until the configuration says otherwise', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  assert.equal(gate.sallyport.bootstrapLink, undefined, 'there is an operator already')
  const browser = createConsoleBrowser(gate.adminUrl)
  assert.equal((await signIn(browser, INITECH.root.email)).status, 303)
  assert.equal((await browser.get('/api/v1/teamspaces')).body.teamspaces.length, 3)

  const operators = [{ provider: 'staff', subject: INITECH.root.sub.toLowerCase() }]
  await gate.sallyport.reload({ ...gate.config, console: { ...gate.config.console, operators } })
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 401)
  assert.equal((await signIn(browser, INITECH.root.email)).status, 403)
})

test('an identity provider that is taken out of the configuration vouches for nobody any more', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, INITECH.iris.email)
  const [acme, globex] = gate.config.console.identityProviders
  const console = { ...gate.config.console, identityProviders: [acme!, globex!], operators: [] }
  await gate.sallyport.reload({ ...gate.config, console })
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 401)
  assert.deepEqual((await browser.post('/console/sign-in', { email: INITECH.iris.email })).body, { next: 'password' })
})

test('an identity provider is chosen by name, too; a name that nobody has, and several tenants, are not', async (t) => {
  const { gate } = await startConsoleGate(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  const { ways } = (await browser.get('/console/session')).body
  assert.deepEqual(ways.identityProviders, [
    { name: 'acme', kind: 'entra' },
    { name: 'globex', kind: 'entra' },
    { name: 'staff', kind: 'oidc' },
  ])
  const begun = await browser.post('/console/sign-in', { provider: 'globex' })
  const location = new URL(begun.body.location)
  assert.equal(location.pathname, `/${GLOBEX.tenantId}/oauth2/v2.0/authorize`)
  assert.equal(location.searchParams.get('redirect_uri'), `${gate.adminUrl}/console/callback`)
  assert.equal(location.searchParams.get('code_challenge_method'), 'S256')
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.ok(location.searchParams.get(name)!.length >= 43, name)
  assert.equal((await browser.post('/console/sign-in', { provider: 'constructor' })).status, 404)
  assert.equal((await browser.post('/console/sign-in', {})).status, 400)
})

test('an identity provider that is down is said to be down, and is asked again once it is back', async (t) => {
  let at = Date.now()
  const { gate, idp, signIn, goThere } = await startConsoleGate(t, { now: () => at })
  const browser = createConsoleBrowser(gate.adminUrl)
  const begin = () => browser.post('/console/sign-in', { email: ACME.ada.email })
  gate.emulator.setFault({ path: 'discovery', kind: 'status', status: 503, times: 1 })
  assert.equal((await begin()).status, 503)
  assert.equal((await begin()).status, 503, 'it is not asked with each attempt')
  at += 4_000
  assert.equal((await begin()).status, 200)

  const back = await goThere(browser, ACME.ada.email)
  gate.emulator.setFault({ path: 'token', kind: 'drop', times: 1 })
  const dropped = await browser.get(`${back.pathname}${back.search}`)
  assert.deepEqual([dropped.status, browser.cookies.size], [503, 0])
  assert.equal((await signIn(browser, ACME.ada.email)).status, 303)
  await idp.close()
  const down = await browser.post('/console/sign-in', { email: INITECH.iris.email })
  assert.equal(down.status, 503)
  assert.ok(!gate.logged.join('').includes(ACME.gatewaySecret))
})

test('what an identity provider refuses is refused here, without a word of its own', async (t) => {
  const { gate, goThere } = await startConsoleGate(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  const back = await goThere(browser, ACME.ada.email)
  const state = back.searchParams.get('state')!
  const query = new URLSearchParams({ error: 'access_denied', error_description: '<b>call 555</b>', state })
  const answer = await browser.get(`/console/callback?${query}`)
  assert.equal(answer.status, 403)
  assert.ok(!answer.text.includes('555'))
})
