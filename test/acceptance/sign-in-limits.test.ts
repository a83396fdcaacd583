import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { refreshAuthorization } from '@modelcontextprotocol/sdk/client/auth.js'
import { TemporarilyUnavailableError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { testClock } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { parseMetrics } from '../support/metrics-text.ts'

const FROM = (address: string) => ({ 'x-forwarded-for': address })
const OFFICE = FROM('198.51.100.7')
const REDIRECT_URI = 'http://localhost:40123/callback'

async function start(t: TestContext, settings: string) {
  const clock = testClock()
  const gate = await startGate({ now: clock.now, settings })
  t.after(() => gate.close())
  const ask = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${gate.publicUrl}${path}`, { ...init, redirect: 'manual', headers: { ...headers, ...init.headers } })
  const refusals = async (code: string, door = 'oauth') => {
    const { operatorToken } = gate.sallyport
    const page = await fetch(`${gate.adminUrl}/metrics`, { headers: { authorization: `Bearer ${operatorToken}` } })
    const { value } = parseMetrics(await page.text())
    return value(`sallyport_door_refusals_total{door="${door}",code="${code}"}`)
  }
  const lines = () => gate.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'An address has to wait')
  return { gate, clock, ask, refusals, lines }
}

type Ask = Awaited<ReturnType<typeof start>>['ask']

const authorizePath = (challenge: string) =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: ACME.gatewayClientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    login_hint: ACME.ada.email,
    prompt: 'none',
  })}`

/** What a thorough client asks, places where nothing is among them, until it has a token that opens the gate. */
async function signInThoroughly(gate: TestGate, ask: Ask): Promise<number[]> {
  const statuses: number[] = []
  const note = (answer: Response) => (statuses.push(answer.status), answer)
  note(await gate.call(undefined, { headers: OFFICE }))
  for (const path of [
    '/.well-known/oauth-protected-resource/context7/mcp',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-authorization-server/context7/mcp',
    '/.well-known/openid-configuration/context7/mcp',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
  ])
    note(await ask(path, OFFICE))
  const body = JSON.stringify({ redirect_uris: [REDIRECT_URI] })
  note(await ask('/register', OFFICE, { method: 'POST', body, headers: { 'content-type': 'application/json' } }))
  const verifier = randomBytes(32).toString('base64url')
  const onward = note(await ask(authorizePath(createHash('sha256').update(verifier).digest('base64url')), OFFICE))
  const back = await fetch(onward.headers.get('location')!, { redirect: 'manual' })
  const fields = {
    grant_type: 'authorization_code',
    client_id: ACME.gatewayClientId,
    code: new URL(back.headers.get('location')!).searchParams.get('code')!,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  }
  const issued = note(await ask('/token', OFFICE, { method: 'POST', body: new URLSearchParams(fields) }))
  const { access_token: accessToken } = (await issued.json()) as { access_token: string }
  note(await gate.call(accessToken, { headers: OFFICE }))
  return statuses
}

test('unless set otherwise, sixty people of one address who sign in within a minute hinder nobody', async (t) => {
  const { gate, ask, refusals, lines } = await start(
    t,
    'trustedProxies: [127.0.0.1]\nfacade: { registration: static }\n',
  )
  const all: number[][] = []
  for (let i = 0; i < 60; i += 6)
    all.push(...(await Promise.all(Array.from({ length: 6 }, () => signInThoroughly(gate, ask)))))
  for (const statuses of all) assert.deepEqual(statuses, [401, 200, 200, 404, 404, 404, 200, 201, 302, 200, 200])
  assert.deepEqual([await refusals('attempt_refused'), await refusals('rate_limited')], [0, 0])
  assert.deepEqual(lines(), [])
})

test('whoever has to wait is told how long, in the form of the endpoint; the operator sees it counted, and once in the log', async (t) => {
  const settings = 'trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: 3, seconds: 60 } } }\n'
  const { clock, ask, refusals, lines } = await start(t, settings)
  const wrongGrant = { method: 'POST', body: new URLSearchParams({ grant_type: 'password' }) }
  for (let i = 0; i < 3; i++) assert.equal((await ask('/token', OFFICE, wrongGrant)).status, 400)
  clock.advance(20)

  for (const [path, init] of [
    ['/token', wrongGrant],
    ['/.well-known/oauth-protected-resource', { headers: { origin: 'https://client.example' } }],
  ] as const) {
    const answer = await ask(path, OFFICE, init)
    assert.equal(answer.status, 429)
    const { headers } = answer
    assert.deepEqual(
      ['retry-after', 'ratelimit-policy', 'ratelimit', 'cache-control'].map((name) => headers.get(name)),
      ['40', '"refused";q=3;w=60', '"refused";r=0;t=40', 'no-store'],
    )
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.match(headers.get('access-control-expose-headers') ?? '', /Retry-After/)
    const body = (await answer.json()) as Record<string, string>
    assert.deepEqual(Object.keys(body), ['error', 'error_description'])
    assert.equal(body.error, 'temporarily_unavailable')
  }
  const page = await ask(authorizePath('x'), OFFICE)
  assert.deepEqual([page.status, page.headers.get('retry-after')], [429, '40'])
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  assert.match(await page.text(), /too many requests/)

  assert.deepEqual([await refusals('attempt_refused'), await refusals('rate_limited')], [3, 3])
  const [line, ...more] = lines()
  assert.deepEqual(more, [])
  const { door, code, setting, address, level } = line
  assert.deepEqual(
    { door, code, setting, address, level },
    { door: 'oauth', code: 'rate_limited', setting: 'limits.rate.refused', address: '198.51.100.7', level: 40 },
  )
})

test('rate.address counts requests of the sign-in surface and calls alike', async (t) => {
  const { gate, clock, ask } = await start(
    t,
    'trustedProxies: [127.0.0.1]\nlimits: { rate: { address: { calls: 4, seconds: 60 } } }\n',
  )
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/nothing'])
    assert.ok((await ask(path, OFFICE)).status < 429)
  for (let i = 0; i < 2; i++) assert.equal((await gate.call(undefined, { headers: OFFICE })).status, 401)
  const answer = await ask('/.well-known/oauth-protected-resource', OFFICE)
  assert.deepEqual([answer.status, answer.headers.get('ratelimit-policy')], [429, '"address";q=4;w=60'])
  assert.equal((await gate.call(undefined, { headers: OFFICE })).status, 429)
  clock.advance(60)
  assert.equal((await ask('/.well-known/oauth-protected-resource', OFFICE)).status, 200)
})

test('who is on the machine itself is not counted, and health checks and preflights never are', async (t) => {
  const { gate, ask } = await start(t, 'limits: { rate: { refused: { calls: 2, seconds: 60 } } }\n')
  for (let i = 0; i < 10; i++) assert.equal((await ask('/t/nobodys/authorize', {})).status, 404)
  assert.equal((await gate.call(undefined)).status, 401)

  const limited = await start(
    t,
    'trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: 2, seconds: 60 } } }\n',
  )
  for (let i = 0; i < 2; i++) assert.equal((await limited.ask('/t/nobodys/authorize', OFFICE)).status, 404)
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
  }
  for (let i = 0; i < 5; i++) {
    assert.equal((await limited.ask('/healthz', OFFICE)).status, 200)
    assert.equal((await limited.ask('/token', OFFICE, preflight)).status, 204)
  }
})

test('where nobody signs in at the root addresses, clients that look there guess nothing', async (t) => {
  const settings = 'trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: 2, seconds: 60 } } }\n'
  const { gate, ask } = await start(t, settings)
  await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
  for (let i = 0; i < 5; i++)
    for (const kind of ['oauth-authorization-server', 'oauth-protected-resource'])
      assert.equal((await ask(`/.well-known/${kind}`, OFFICE)).status, 404)
})

test("MCP's own client takes the answer for a reason to wait, and keeps its refresh token", async (t) => {
  const settings = 'trustedProxies: [127.0.0.1]\nlimits: { rate: { refused: { calls: 1, seconds: 60 } } }\n'
  const { gate, ask } = await start(t, settings)
  assert.equal((await ask('/t/nobodys/authorize', OFFICE)).status, 404)
  const refreshing = refreshAuthorization(gate.publicUrl, {
    clientInformation: { client_id: ACME.gatewayClientId },
    refreshToken: 'a-good-one',
    fetchFn: async (url, init) => {
      const answer = await fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init?.headers)), ...OFFICE },
      })
      return new Response(await answer.text(), { status: answer.status }) // of the class that the client compares with
    },
  })
  await assert.rejects(refreshing, TemporarilyUnavailableError)
})
