import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bootstrap, createConsoleBrowser, OPERATOR } from '../support/console-browser.ts'
import type { ConsoleBrowser } from '../support/console-browser.ts'
import { startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRequest } from '../support/raw-http.ts'

let gate: TestGate
let victim: ConsoleBrowser
before(async () => {
  gate = await startGate()
  victim = await bootstrap(gate)
})
after(() => gate.close())

const cookieOf = (browser: ConsoleBrowser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
const port = () => new URL(gate.adminUrl).port

/** What pages of others can make a browser send with the cookie of this host, whatever SameSite says of it. */
const FOREIGN: readonly (readonly [what: string, headers: () => Record<string, string>])[] = [
  ['another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
  ['another site, in a browser of before Fetch Metadata', () => ({ origin: 'https://evil.example' })],
  ['another site that says it is ours', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' })],
  ['a sandboxed frame', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' })],
  ['a sandboxed frame, in an old browser', () => ({ origin: 'null' })],
  ['another port of this machine', () => ({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' })],
  ['no port', () => ({ origin: 'http://127.0.0.1' })],
  ['another scheme', () => ({ origin: `https://127.0.0.1:${port()}` })],
  ['a longer host', () => ({ origin: `http://127.0.0.1:${port()}.evil.example` })],
  ['two origins', () => ({ origin: `${gate.adminUrl}, https://evil.example` })],
  ['another name of this machine', () => ({ origin: `http://localhost:${port()}` })],
  ['no Origin', () => ({})],
  ['no Origin, but a site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['no Origin, of the same site', () => ({ 'sec-fetch-site': 'same-site' })],
  ['no Origin, and no page', () => ({ 'sec-fetch-site': 'none' })],
  ['our Origin, of another site', () => ({ origin: gate.adminUrl, 'sec-fetch-site': 'cross-site' })],
]

const BODIES: readonly (readonly [type: string | undefined, body: string | undefined])[] = [
  ['application/json', '{"slug":"evil"}'],
  ['application/x-www-form-urlencoded', 'slug=evil'],
  ['text/plain', '{"slug":"evil"}'],
  ['multipart/form-data; boundary=x', '--x--'],
  [undefined, undefined],
]

for (const [what, headers] of FOREIGN) {
  test(`CSRF: a request of ${what} changes nothing, whatever its content type and method`, async () => {
    for (const [type, body] of BODIES) {
      for (const [method, path] of [
        ['POST', '/api/v1/teamspaces'],
        ['POST', '/api/v1/teamspaces?_method=DELETE'],
        ['DELETE', '/api/v1/teamspaces/acme'],
        ['POST', '/console/sign-out'],
        ['POST', '/console/sign-out-everywhere'],
        ['POST', '/console/sign-in'],
        ['POST', '/console/bootstrap'],
      ] as const) {
        const answer = await fetch(`${gate.adminUrl}${path}`, {
          method,
          headers: { cookie: cookieOf(victim), ...(type && { 'content-type': type }), ...headers() },
          ...(body !== undefined && { body }),
        })
        assert.equal(answer.status, 403, `${method} ${path} ${type}`)
        assert.equal(answer.headers.get('set-cookie'), null)
        await answer.body?.cancel()
      }
    }
    assert.equal((await victim.get('/api/v1/teamspaces/acme')).status, 200)
    assert.equal((await victim.get('/api/v1/teamspaces/evil')).status, 404)
  })
}

test('CSRF: nothing of the console changes with GET, nor with a method in a header', async () => {
  for (const path of ['/console/sign-out', '/console/sign-out-everywhere', '/console/bootstrap', '/console/sign-in']) {
    assert.equal((await victim.get(path, { 'x-http-method-override': 'POST' })).status, 404, path)
  }
  await victim.get('/api/v1/teamspaces/acme', { 'x-http-method-override': 'DELETE' })
  assert.equal((await victim.get('/api/v1/teamspaces/acme')).status, 200)
})

test('pages of others cannot load what the API answers into their own process', async () => {
  for (const site of ['cross-site', 'same-site']) {
    for (const path of ['/api/v1/teamspaces', '/console/session']) {
      assert.equal((await victim.get(path, { 'sec-fetch-site': site })).status, 403, `${site} ${path}`)
    }
  }
  const allowed = await victim.get('/api/v1/teamspaces', { 'sec-fetch-site': 'same-origin' })
  assert.equal(allowed.status, 200)
  assert.equal(allowed.headers.get('access-control-allow-origin'), null)
})

test('login CSRF: nobody is signed in as somebody else from a foreign page', async () => {
  const headers = { 'content-type': 'text/plain', origin: 'https://evil.example' }
  const answer = await fetch(`${gate.adminUrl}/console/sign-in`, {
    method: 'POST',
    headers,
    body: JSON.stringify(OPERATOR),
  })
  assert.deepEqual([answer.status, answer.headers.get('set-cookie')], [403, null])
})

test('DNS rebinding: a Host that is not ours reaches neither pages nor sign-in', async () => {
  for (const target of ['/', '/console/session', '/console/callback?code=x&state=y']) {
    const answer = await sendRequest(`${gate.adminUrl}${target}`, {
      method: 'GET',
      target,
      without: ['host'],
      headers: [['host', `evil.example:${port()}`]],
    })
    assert.equal(answer.status, 403, target)
  }
})

test('session fixation: what a cookie held before a sign-in opens nothing afterwards', async () => {
  const attacker = createConsoleBrowser(gate.adminUrl)
  await attacker.post('/console/sign-in', OPERATOR)
  const planted = attacker.cookies.get('sallyport_session')!
  const browser = createConsoleBrowser(gate.adminUrl)
  browser.cookies.set('sallyport_session', planted)
  await browser.post('/console/sign-in', OPERATOR)
  assert.notEqual(browser.cookies.get('sallyport_session'), planted)
  assert.equal((await attacker.get('/api/v1/teamspaces')).status, 401, 'the planted session is over')

  const chosen = 'A'.repeat(43)
  const other = createConsoleBrowser(gate.adminUrl)
  other.cookies.set('sallyport_session', chosen)
  await other.post('/console/sign-in', OPERATOR)
  assert.notEqual(other.cookies.get('sallyport_session'), chosen)
})

test('cookie tossing: of two cookies of one name, neither counts', async () => {
  const attacker = createConsoleBrowser(gate.adminUrl)
  await attacker.post('/console/sign-in', OPERATOR)
  const [own, tossed] = [cookieOf(victim), cookieOf(attacker)]
  for (const cookie of [`${own}; ${tossed}`, `${tossed}; ${own}`, `${own};${own}`]) {
    const answer = await fetch(`${gate.adminUrl}/api/v1/teamspaces`, { headers: { cookie } })
    assert.equal(answer.status, 401)
  }
  const longer = await fetch(`${gate.adminUrl}/api/v1/teamspaces`, { headers: { cookie: `x${own}; y=1; ${own}` } })
  assert.equal(longer.status, 200, 'a name that only ends so is another')
})

test('a cookie does not make a wrong token good, nor open what is not the console\u2019s', async () => {
  const cookie = cookieOf(victim)
  const bad = await fetch(`${gate.adminUrl}/api/v1/teamspaces`, { headers: { cookie, authorization: 'Bearer x' } })
  assert.equal(bad.status, 401)
  assert.equal((await fetch(`${gate.adminUrl}/metrics`, { headers: { cookie } })).status, 401)
  assert.equal((await fetch(`${gate.adminUrl}/scim/v2/Users`, { headers: { cookie } })).status, 401)
})

test('values that cannot be ours are nobody\u2019s session, and reach no database', async () => {
  for (const value of ['', 'x', '%00', `${'A'.repeat(43)}=`, 'A'.repeat(10_000), '"A"', "' or 1=1 --"]) {
    const answer = await fetch(`${gate.adminUrl}/api/v1/teamspaces`, {
      headers: { cookie: `sallyport_session=${value}` },
    })
    assert.equal(answer.status, 401, value.slice(0, 20))
  }
})

test('a copy of the database opens nothing', async () => {
  const { db } = gate.sallyport.store
  const sessions = await db.selectFrom('console_session').selectAll().execute()
  const accounts = await db.selectFrom('console_account').selectAll().execute()
  const { link } = await gate.admin.must('POST', '/console/reset-link')
  const { secret_hash: linkHash } = await db.selectFrom('console_link').selectAll().executeTakeFirstOrThrow()
  const copy = JSON.stringify([sessions, accounts, linkHash])
  assert.ok(!copy.includes(victim.cookies.get('sallyport_session')!))
  assert.ok(!copy.includes(OPERATOR.password))
  assert.ok(!copy.includes(new URL(link).hash.slice(1)))
  assert.match(accounts[0]!.password_hash!, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)

  for (const { secret_hash, id } of sessions) {
    for (const value of [secret_hash, id]) {
      const answer = await fetch(`${gate.adminUrl}/api/v1/teamspaces`, {
        headers: { cookie: `sallyport_session=${value}` },
      })
      assert.equal(answer.status, 401)
    }
  }
  const used = await createConsoleBrowser(gate.adminUrl).post('/console/bootstrap', { ...OPERATOR, secret: linkHash })
  assert.equal(used.status, 403)
})

test('behind a proxy with https the cookie is of this host alone, and plain http is another origin', async (t) => {
  const console = 'https://console.example'
  const proxied = await startGate({ settings: `console: { url: '${console}' }\n` })
  t.after(() => proxied.close())
  assert.match(proxied.sallyport.bootstrapLink ?? '', /^https:\/\/console\.example\/bootstrap#/)
  const browser = createConsoleBrowser(console, proxied.adminUrl) // and the proxy writes the Host anew
  const secret = new URL(proxied.sallyport.bootstrapLink!).hash.slice(1)
  const made = await browser.post('/console/bootstrap', { secret, ...OPERATOR })
  assert.equal(made.status, 200, made.text)
  const [cookie = ''] = made.headers.getSetCookie()
  assert.match(cookie, /^__Host-sallyport=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=28800$/)
  const value = browser.cookies.get('__Host-sallyport')!
  assert.equal((await browser.get('/api/v1/teamspaces')).status, 200)

  const plain = await fetch(`${proxied.adminUrl}/api/v1/teamspaces`, {
    headers: { cookie: `sallyport_session=${value}; __host-sallyport=${value}` },
  })
  assert.equal(plain.status, 401, 'under a name that others can set')
  for (const origin of ['http://console.example', proxied.adminUrl, 'https://console.example:8443']) {
    assert.equal((await browser.post('/console/sign-out', undefined, { origin })).status, 403, origin)
  }
  const asked = (host: string, method = 'GET') =>
    sendRequest(`${proxied.adminUrl}/console/session`, {
      method,
      target: '/console/session',
      without: ['host'],
      headers: [['host', host]],
    })
  assert.equal((await asked('console.example')).status, 200)
  assert.equal((await asked('other.example')).status, 403)
})
