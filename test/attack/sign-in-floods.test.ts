import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { watchStatements } from '../support/engines.ts'
import { testClock } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const FROM = (address: string) => ({ 'x-forwarded-for': address })
const [ATTACKER, OTHER] = [FROM('198.51.100.66'), FROM('198.51.100.67')]
const ATTEMPTS = 20
const REDIRECT_URI = 'http://localhost:40123/callback'

async function startLimited(t: TestContext) {
  const clock = testClock()
  const settings = `trustedProxies: [127.0.0.1]
facade: { registration: static }
limits: { rate: { refused: { calls: ${ATTEMPTS}, seconds: 60 } } }
`
  const fetched: string[] = []
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  const gate = await startGate({ now: clock.now, settings, fetch: counting })
  t.after(() => gate.close())
  const ask = (path: string, headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${gate.publicUrl}${path}`, { ...init, redirect: 'manual', headers: { ...headers, ...init.headers } })
  return { gate, clock, fetched, ask }
}

type Ask = Awaited<ReturnType<typeof startLimited>>['ask']

const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) })

const withCode = (code: string) =>
  form({
    grant_type: 'authorization_code',
    client_id: ACME.gatewayClientId,
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: randomBytes(32).toString('base64url'),
  })

const registration = (uri: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ redirect_uris: [uri] }),
})

const authorization = (clientId: string) =>
  `/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: createHash('sha256').update('x').digest('base64url'),
    code_challenge_method: 'S256',
  })}`

const METADATA = '/.well-known/oauth-protected-resource/context7/mcp'
const METADATA_OF = (slug: string) => [
  `/.well-known/oauth-protected-resource/t/${slug}/context7/mcp`,
  `/.well-known/oauth-authorization-server/t/${slug}`,
  `/t/${slug}${authorization(ACME.gatewayClientId)}`,
]

/** Whatever the address asks now, memory alone answers: no question to the database, none to anybody else. */
async function expectShutOut(t: TestContext, { gate, clock, fetched, ask }: Awaited<ReturnType<typeof startLimited>>) {
  const contacts = [fetched.length, gate.emulator.requests.length]
  const statements = watchStatements()
  t.after(() => statements.stop())
  const asked: [string, RequestInit?][] = [
    [METADATA],
    ...METADATA_OF('acme').map((path): [string] => [path]),
    ...METADATA_OF('nobodys').map((path): [string] => [path]),
    ['/.well-known/oauth-authorization-server'],
    ['/federation/.well-known/openid-configuration'],
    [authorization(ACME.gatewayClientId)],
    ['/token', withCode('a-code')],
    ['/t/acme/token', withCode('a-code')],
    ['/register', registration(REDIRECT_URI)],
  ]
  for (const [path, init] of asked) {
    const answer = await ask(path, ATTACKER, init)
    assert.equal(answer.status, 429, path)
    const wait = Number(answer.headers.get('retry-after'))
    assert.ok(wait > 0 && wait <= 60, `${wait}`)
  }
  assert.deepEqual(statements.texts, [])
  statements.stop()
  assert.deepEqual([fetched.length, gate.emulator.requests.length], contacts)
  assert.equal((await gate.call(undefined, { headers: ATTACKER })).status, 429, 'at the gate as well')
  assert.equal((await ask(METADATA, OTHER)).status, 200)
  clock.advance(60)
  assert.equal((await ask(METADATA, ATTACKER)).status, 200)
}

const spend = async (ask: Ask, status: number, next: (i: number) => [path: string, init?: RequestInit]) => {
  for (let i = 0; i < ATTEMPTS; i++) {
    const [path, init] = next(i)
    assert.equal((await ask(path, ATTACKER, init)).status, status, path)
  }
}

test('guessing names of teamspaces at the sign-in surface: an address beyond its budget costs no look-up', async (t) => {
  const limited = await startLimited(t)
  await spend(limited.ask, 404, (i) => [METADATA_OF(`guess-${i}`)[i % 3]!])
  await expectShutOut(t, limited)
})

test('a teamspace without a sign-in here looks like none, and guessing it costs as much', async (t) => {
  const { gate, ask } = await startLimited(t)
  await gate.admin.must('POST', '/teamspaces', { slug: 'quiet', name: 'Quiet' })
  const seen = async (slug: string, headers: Record<string, string>) => {
    const answer = await ask(METADATA_OF(slug)[0]!, headers)
    return [answer.status, await answer.text(), answer.headers.get('ratelimit')]
  }
  for (let i = 0; i < ATTEMPTS; i++) assert.deepEqual(await seen('quiet', ATTACKER), await seen('nobodys', OTHER))
  for (const headers of [ATTACKER, OTHER]) assert.equal((await seen('quiet', headers))[0], 429)
})

test('guessing client ids, and registering what is not to be had: counted, whichever way', async (t) => {
  const limited = await startLimited(t)
  await spend(limited.ask, 400, (i) =>
    i % 2 ? [authorization(`guess-${i}`)] : ['/register', registration(`https://evil.example/${i}`)],
  )
  await expectShutOut(t, limited)
})

test('guessing codes: what the identity provider refuses is counted here, so that the gate is no way to flood it', async (t) => {
  const limited = await startLimited(t)
  await spend(limited.ask, 400, (i) => [i % 2 ? '/token' : '/t/acme/token', withCode(`guess-${i}`)])
  assert.equal(tokenRequests(limited.gate), ATTEMPTS)
  await expectShutOut(t, limited)
})

test('guessing codes all at once: no more of them are under way than may be refused', async (t) => {
  const { gate, ask } = await startLimited(t)
  const answers = await Promise.all(
    Array.from({ length: 10 * ATTEMPTS }, (_, i) => ask('/token', ATTACKER, withCode(`guess-${i}`))),
  )
  const statuses = answers.map(({ status }) => status)
  assert.ok(statuses.every((status) => status === 400 || status === 429))
  assert.ok(tokenRequests(gate) <= ATTEMPTS, `${tokenRequests(gate)} reached the identity provider`)
  for (const { status, headers } of answers)
    if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
})

const tokenRequests = ({ emulator }: TestGate) => emulator.requests.filter(({ path }) => path.endsWith('/token')).length

test('an outage of the identity provider shuts nobody out', async (t) => {
  const { gate, ask } = await startLimited(t)
  gate.emulator.setFault({ path: 'token', kind: 'status', status: 503 })
  for (let i = 0; i < 2 * ATTEMPTS; i++) assert.equal((await ask('/token', OTHER, withCode('a-code'))).status, 503)
  gate.emulator.setFault(undefined)
  assert.equal((await ask(METADATA, OTHER)).status, 200)
})
