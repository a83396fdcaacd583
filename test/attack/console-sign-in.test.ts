import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { decodeJwt } from 'jose'
import type { RunningIdentityProvider } from 'identity-provider'
import { bootstrap, createConsoleBrowser, OPERATOR, secretOf } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { GateOptions } from '../support/gate.ts'

async function gateFor(t: TestContext, options: GateOptions = {}) {
  const gate = await startGate(options)
  t.after(() => gate.close())
  return gate
}

const MINUTE_MS = 60_000
const wrong = (email: string) => ({ email, password: 'wrong password' })

test('brute force: ten wrong passwords for one e-mail are enough, right ones are not counted', async (t) => {
  let at = Date.now()
  const gate = await gateFor(t, { now: () => at })
  await bootstrap(gate)
  const browser = createConsoleBrowser(gate.adminUrl)
  for (const email of [OPERATOR.email, 'nobody@sallyport.example']) {
    for (let count = 0; count < 9; count++) await browser.post('/console/sign-in', wrong(email))
  }
  for (let count = 0; count < 3; count++) {
    assert.equal((await browser.post('/console/sign-in', OPERATOR)).status, 200)
  }
  for (const email of [OPERATOR.email, 'nobody@sallyport.example']) {
    assert.equal((await browser.post('/console/sign-in', wrong(email))).status, 403)
    const limited = await browser.post('/console/sign-in', { ...wrong(email), password: OPERATOR.password })
    assert.equal(limited.status, 429, 'whoever has the e-mail, and however right the password is')
    assert.equal(limited.headers.get('retry-after'), '900')
  }
  const upper = await browser.post('/console/sign-in', { ...OPERATOR, email: `${OPERATOR.email.toUpperCase()} ` })
  assert.equal(upper.status, 429, 'another spelling is no other e-mail')

  const { events } = (await gate.admin.send('GET', '/audit?limit=1')).body
  assert.deepEqual([events[0].action, events[0].after.reason], ['console.sign_in_refused', 'too_many'])

  const { link } = await gate.admin.must('POST', '/console/reset-link')
  const locked = createConsoleBrowser(gate.adminUrl)
  assert.equal((await locked.post('/console/bootstrap', { ...OPERATOR, secret: secretOf(link) })).status, 200)
  at += 16 * MINUTE_MS
  assert.equal((await browser.post('/console/sign-in', OPERATOR)).status, 200)
})

test('brute force: of many at once for one e-mail no more than ten are tried', async (t) => {
  const gate = await gateFor(t)
  await bootstrap(gate)
  const answers = await Promise.all(
    Array.from({ length: 25 }, () =>
      createConsoleBrowser(gate.adminUrl).post('/console/sign-in', wrong(OPERATOR.email)),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  assert.deepEqual([statuses.filter((status) => status === 403).length, statuses.includes(429)], [10, true])
})

test('brute force: one address may try thirty e-mails, and an IPv6 network counts as one', async (t) => {
  const gate = await gateFor(t, { settings: 'trustedProxies: [127.0.0.1]\n' })
  const browser = createConsoleBrowser(gate.adminUrl)
  const from = async (address: string, email: string) =>
    (await browser.post('/console/sign-in', wrong(email), { 'x-forwarded-for': address })).status
  for (const addressOf of [() => '203.0.113.7', (count: number) => `2001:db8:1:2::${count}`]) {
    for (let count = 0; count < 30; count++) {
      assert.equal(await from(addressOf(count), `person-${count}@sallyport.example`), 403)
    }
    assert.equal(await from(addressOf(99), 'person-99@sallyport.example'), 429)
  }
  assert.equal(await from('203.0.113.8', 'person-99@sallyport.example'), 403)

  const link = { ...OPERATOR, secret: 'A'.repeat(43) }
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  assert.equal((await browser.post('/console/bootstrap', link, headers)).status, 429)
})

test('no oracle: an e-mail that nobody has costs as much time as a wrong password', async (t) => {
  const gate = await gateFor(t)
  await bootstrap(gate)
  const browser = createConsoleBrowser(gate.adminUrl)
  const best: [known: number, unknown: number] = [Infinity, Infinity] // of many, so that others on the machine do not count
  for (let round = 0; round < 9; round++) {
    for (const [index, email] of [OPERATOR.email, `nobody-${round}@sallyport.example`].entries()) {
      const began = performance.now()
      await browser.post('/console/sign-in', wrong(email))
      best[index] = Math.min(best[index]!, performance.now() - began)
    }
  }
  const [known, unknown] = best
  assert.ok(unknown > known / 2 && unknown < known * 2, `${unknown} ms and ${known} ms`)
})

test('audit: refusals of strangers are written sixty times a minute, and then counted', async (t) => {
  let at = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS
  const gate = await gateFor(t, { now: () => at })
  const link = { ...OPERATOR, secret: 'A'.repeat(43) }
  const browser = createConsoleBrowser(gate.adminUrl)
  for (let count = 0; count < 75; count++) await browser.post('/console/bootstrap', link)
  at += MINUTE_MS
  await browser.post('/console/bootstrap', link)
  const { events } = (await gate.admin.send('GET', '/audit?limit=100')).body
  const refused = events.filter(({ action }: { action: string }) => action === 'console.sign_in_refused')
  assert.deepEqual([refused.length, refused[0].after.leftOut], [61, 15])
})

test('input: what is too long, of another type or of another shape is refused before anything is computed', async (t) => {
  const gate = await gateFor(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  const statusOf = async (body: unknown) => (await browser.post('/console/sign-in', body)).status
  assert.equal(await statusOf({ ...OPERATOR, password: 'x'.repeat(257) }), 400)
  assert.equal(await statusOf({ ...OPERATOR, password: 'x'.repeat(5000) }), 413)
  assert.equal(await statusOf({ ...OPERATOR, password: ['x'] }), 400)
  assert.equal(await statusOf({ ...OPERATOR, email: { $ne: null } }), 400)
  assert.equal(await statusOf({ ...OPERATOR, isOperator: true }), 400)
  assert.equal(await statusOf({ password: OPERATOR.password }), 400)
  assert.equal(await statusOf([]), 400)
  const text = await browser.post('/console/sign-in', OPERATOR, { 'content-type': 'text/plain' })
  assert.equal(text.status, 415)
})

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '\\\\evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  'evil.example',
  '/a\r\nset-cookie: x=1',
  '/a\nlocation: https://evil.example',
  '/\u0000',
  '/\u2028',
  '/console/callback?code=x',
  '/api/v1/audit/export',
  '/./api/v1/teamspaces',
]

test('open redirect: after a sign-in people go to a page of ours, or to the first', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  for (const returnTo of ELSEWHERE) {
    const back = await signIn(createConsoleBrowser(gate.adminUrl), INITECH.iris.email, { returnTo })
    assert.deepEqual([back.status, back.headers.get('location')], [303, '/'], JSON.stringify(returnTo))
    assert.equal(back.headers.getSetCookie().length, 2)
  }
  const kept = await signIn(createConsoleBrowser(gate.adminUrl), INITECH.iris.email, { returnTo: '/a/b?c=d&e#f' })
  assert.equal(kept.headers.get('location'), '/a/b?c=d&e#f')
})

test('mix-up: an answer counts for the identity provider that was asked, and for no other', async (t) => {
  const { gate, goThere, idp } = await startConsoleGate(t)
  const to = (browser: ReturnType<typeof createConsoleBrowser>, back: URL, changes: Record<string, string | null>) => {
    const url = new URL(back)
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    return browser.get(`${url.pathname}${url.search}`)
  }
  const entraIssuer = `${gate.emulator.url}/${ACME.tenantId}/v2.0`
  const staff = { email: INITECH.iris.email, issuer: idp.issuer }
  const acme = { email: ACME.ada.email, issuer: entraIssuer }

  for (const [one, changes] of [
    [staff, { iss: entraIssuer }],
    [staff, { iss: null }],
    [staff, { iss: `${idp.issuer}/` }],
    [acme, { iss: idp.issuer }],
    [staff, { state: null }],
    [staff, { state: 'x'.repeat(43) }],
    [staff, { code: null }],
  ] as const) {
    const browser = createConsoleBrowser(gate.adminUrl)
    const answer = await to(browser, await goThere(browser, one.email), changes)
    assert.deepEqual([answer.status, browser.cookies.size], [400, 0], JSON.stringify(changes))
  }

  // A code of one provider, brought back with the state of a sign-in at the other.
  for (const [one, other] of [
    [staff, acme],
    [acme, staff],
  ] as const) {
    const browser = createConsoleBrowser(gate.adminUrl)
    const theirs = await goThere(createConsoleBrowser(gate.adminUrl), other.email)
    const ours = await goThere(browser, one.email)
    const answer = await to(browser, ours, { code: theirs.searchParams.get('code') })
    assert.deepEqual([answer.status, browser.cookies.size], [400, 0])
  }
})

test('code injection: a code that was issued to another browser signs nobody in', async (t) => {
  const { gate, goThere } = await startConsoleGate(t)
  for (const [victim, own] of [
    [INITECH.iris.email, INITECH.noel.email],
    [ACME.ada.email, ACME.ben.email],
  ] as const) {
    const stolen = (await goThere(createConsoleBrowser(gate.adminUrl), victim)).searchParams.get('code')!
    const attacker = createConsoleBrowser(gate.adminUrl)
    const back = await goThere(attacker, own)
    back.searchParams.set('code', stolen)
    const answer = await attacker.get(`${back.pathname}${back.search}`)
    assert.deepEqual([answer.status, attacker.cookies.size], [400, 0])
  }
})

test('login CSRF: a callback counts in the browser that began it only, once, and for ten minutes', async (t) => {
  let at = Date.now()
  const { gate, goThere } = await startConsoleGate(t, { now: () => at })
  const attacker = createConsoleBrowser(gate.adminUrl)
  const back = await goThere(attacker, INITECH.iris.email)
  const callback = `${back.pathname}${back.search}`
  const victim = createConsoleBrowser(gate.adminUrl)
  assert.equal((await victim.get(callback)).status, 400)
  await victim.post('/console/sign-in', { provider: 'staff' })
  assert.equal((await victim.get(callback)).status, 400, 'with the state of its own sign-in')
  assert.equal(victim.cookies.size, 0)

  const login = new Map(attacker.cookies)
  assert.equal((await attacker.get(callback)).status, 303)
  const again = createConsoleBrowser(gate.adminUrl)
  for (const [name, value] of login) again.cookies.set(name, value)
  assert.deepEqual([(await again.get(callback)).status, again.cookies.size], [400, 0], 'the code was used')

  const slow = createConsoleBrowser(gate.adminUrl)
  const late = await goThere(slow, INITECH.iris.email)
  at += 10 * MINUTE_MS
  const answer = await slow.get(`${late.pathname}${late.search}`)
  assert.equal(answer.status, 400)
  assert.match(answer.text, /took longer than ten minutes/)
})

test('a login state is sealed: no other value of ours, and no changed one, is taken for it', async (t) => {
  const { gate, goThere } = await startConsoleGate(t)
  const browser = createConsoleBrowser(gate.adminUrl)
  const back = await goThere(browser, INITECH.iris.email)
  const sealed = browser.cookies.get('sallyport_login')!
  const { sealer } = gate.sallyport.store
  const plain = sealer.open(sealed, 'console login state')
  assert.ok(!sealed.includes(JSON.parse(plain).codeVerifier))
  for (const value of [
    sealer.seal(plain, 'another'),
    `${sealed}A`,
    sealed.slice(0, -1),
    plain,
    '',
    'v1.',
    'x'.repeat(4000),
  ]) {
    const other = createConsoleBrowser(gate.adminUrl)
    other.cookies.set('sallyport_login', encodeURIComponent(value))
    assert.equal((await other.get(`${back.pathname}${back.search}`)).status, 400)
  }
  const crossed = createConsoleBrowser(gate.adminUrl)
  crossed.cookies.set('sallyport_session', sealed)
  assert.equal((await crossed.get('/api/v1/teamspaces')).status, 401)
})

/** A gate whose identity provider answers the next code with an ID token of the test's making. */
async function withForgedTokens(t: TestContext) {
  let forge: ((claims: Record<string, unknown>, idp: RunningIdentityProvider) => string | Promise<string>) | undefined
  let idps: Awaited<ReturnType<typeof startConsoleGate>> | undefined
  const forging: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const isToken = /\/token$/.test(String(input instanceof Request ? input.url : input))
    if (!forge || !idps || !isToken) return response
    const body = (await response.json()) as { id_token: string }
    const id_token = await forge(decodeJwt(body.id_token), idps.idp)
    return Response.json({ ...body, id_token })
  }
  idps = await startConsoleGate(t, { fetch: forging })
  return { ...idps, setForge: (next: typeof forge) => void (forge = next) }
}

test('an ID token that is not exactly what was asked for signs nobody in', async (t) => {
  const { gate, signIn, setForge } = await withForgedTokens(t)
  const unsigned = (claims: object) =>
    [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.'
  const past = Math.floor(Date.now() / 1000) - 3600
  const forgeries: Record<string, NonNullable<Parameters<typeof setForge>[0]>> = {
    'another nonce': (claims, idp) => idp.sign({ ...claims, nonce: 'x'.repeat(43) }),
    'no nonce': ({ nonce: _, ...claims }, idp) => idp.sign(claims),
    'another audience': (claims, idp) => idp.sign({ ...claims, aud: 'mcp-client' }),
    'another issuer': (claims, idp) => idp.sign({ ...claims, iss: 'https://evil.example' }),
    'an end in the past': (claims, idp) => idp.sign({ ...claims, exp: past, iat: past - 60 }),
    'no signature': (claims) => unsigned(claims),
    'no subject': ({ sub: _, ...claims }, idp) => idp.sign(claims),
    'an empty subject': (claims, idp) => idp.sign({ ...claims, sub: '' }),
    'a subject of many lines': (claims, idp) => idp.sign({ ...claims, sub: `${INITECH.iris.sub}\n` }),
    'a changed signature': (claims, idp) => `${idp.sign(claims).slice(0, -6)}AAAAAA`,
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    setForge(forge)
    const browser = createConsoleBrowser(gate.adminUrl)
    const answer = await signIn(browser, INITECH.iris.email)
    assert.equal(answer.status, 400, what)
    assert.equal(browser.cookies.size, 0, what)
    assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith('sallyport_session')), what)
  }
  setForge((claims, idp) => idp.sign(claims))
  assert.equal((await signIn(createConsoleBrowser(gate.adminUrl), INITECH.iris.email)).status, 303)
})

test('an Entra tenant vouches for its own people only, and by object id only', async (t) => {
  const { gate, signIn, setForge } = await withForgedTokens(t)
  const sign = (claims: object) => gate.emulator.signToken(ACME.tenantId, claims as never)
  const forgeries: Record<string, (claims: Record<string, unknown>) => Promise<string>> = {
    'another tenant': (claims) => sign({ ...claims, tid: GLOBEX.tenantId, oid: GLOBEX.gus.oid }),
    'no tenant': ({ tid: _, ...claims }) => sign(claims),
    'no object id': ({ oid: _, ...claims }) => sign({ ...claims, sub: ACME.ada.oid }),
    'an e-mail for an object id': (claims) => sign({ ...claims, oid: ACME.ada.email }),
    'two object ids': (claims) => sign({ ...claims, oid: [ACME.ada.oid, ACME.ben.oid] }),
    'the issuer of another tenant': (claims) =>
      sign({ ...claims, iss: `${gate.emulator.url}/${GLOBEX.tenantId}/v2.0`, tid: GLOBEX.tenantId }),
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    setForge(forge)
    const browser = createConsoleBrowser(gate.adminUrl)
    const answer = await signIn(browser, ACME.ada.email)
    assert.deepEqual([answer.status, browser.cookies.size], [400, 0], what)
  }
  setForge((claims) =>
    sign({ ...claims, email: ACME.ben.email, preferred_username: ACME.ben.email, oid: ACME.dev.oid }),
  )
  const stranger = await signIn(createConsoleBrowser(gate.adminUrl), ACME.ada.email)
  assert.equal(stranger.status, 403, "a member's e-mail is no member")
})

test('what claims say is text on the page and a label in the trail, and nothing else', async (t) => {
  const { gate, signIn, setForge } = await withForgedTokens(t)
  const email = '"><script>alert(1)</script>@evil.example'
  setForge((claims, idp) => idp.sign({ ...claims, sub: '<img/src=x>', email }))
  const page = await signIn(createConsoleBrowser(gate.adminUrl), INITECH.iris.email)
  assert.equal(page.status, 403)
  assert.ok(!page.text.includes('<script') && !page.text.includes('<img'), page.text)
  const policy = page.headers.get('content-security-policy')!
  assert.match(policy, /^default-src 'none'; style-src 'sha256-/)
  const style = /<style>(.*?)<\/style>/s.exec(page.text)![1]!
  const { createHash } = await import('node:crypto')
  assert.ok(policy.includes(createHash('sha256').update(style).digest('base64')))
  for (const label of ['x\r\nset-cookie: a=b', ['list'], { a: 1 }, 'x'.repeat(300)]) {
    setForge((claims, idp) => idp.sign({ ...claims, sub: INITECH.root.sub, email: label }))
    const browser = createConsoleBrowser(gate.adminUrl)
    assert.equal((await signIn(browser, INITECH.root.email)).status, 303)
    assert.equal((await browser.get('/console/session')).body.signedIn.account.email, INITECH.root.sub)
  }
})
