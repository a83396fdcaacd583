import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { credentialRows } from '../../../packages/verifier/test/dispatch-table.ts'
import type { Issued, Row } from '../../../packages/verifier/test/dispatch-table.ts'
import { createIssuerKey, ISSUER_KEY, startFakeIssuer } from '../../../packages/verifier/test/fake-issuer.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { json } from '../../../packages/verifier/test/loopback-server.ts'
import { issuerOf, publishedKey, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

/** One server a list of modes; its path ends in its name. */
const SERVERS: Readonly<Record<string, readonly string[]>> = {
  entra: ['EntraJwt'],
  oidc: ['Oidc'],
  token: ['Token'],
  kubernetes: ['Kubernetes'],
  jwt: ['EntraJwt', 'Oidc'],
  'jwt-reversed': ['Oidc', 'EntraJwt'],
  'entra-token': ['EntraJwt', 'Token'],
  'oidc-token': ['Oidc', 'Token'],
  'token-kubernetes': ['Token', 'Kubernetes'],
  all: ['EntraJwt', 'Oidc', 'Token', 'Kubernetes'],
}
/** Here nothing that a caller brings is judged. */
const TRUSTING: readonly [string, readonly string[]][] = [
  ['none', ['None']],
  ['gateway', ['Gateway']],
]
const MODE_OF = { entra: 'EntraJwt', oidc: 'Oidc', token: 'Token', kubernetes: 'Kubernetes' } as const

const clock = testClock()
const entraKey = publishedKey()
const [eddsa, es256] = [createIssuerKey('EdDSA'), createIssuerKey('ES256')]
let fetched: string[] = []
let gate: TestGate
let rows: readonly Row[]

const idp = await startFakeIssuer('/realms/acme')
const cluster = await startKubernetesEmulator({ now: clock.now })
const folder = await mkdtemp(join(tmpdir(), 'sallyport-dispatch-'))
after(async () => {
  await Promise.all([idp[Symbol.asyncDispose](), cluster[Symbol.asyncDispose]()])
  await rm(folder, { recursive: true })
})

before(async () => {
  idp.answers.set('/keys', json({ keys: [ISSUER_KEY, eddsa, es256].map(({ jwk }) => jwk) }))
  const servers = (upstream: string) => {
    const server = ([name, modes]: [string, readonly string[]]) =>
      `  ${name}: { path: /for/${name}, upstream: '${upstream}', auth: [${modes.join(', ')}], outbound: { kind: none } }\n`
    return `servers:\n${[...Object.entries(SERVERS), ...TRUSTING].map(server).join('')}`
  }
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), entraKey.fetch(input, init))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, cluster.reviewer())
  const clusters = `clusters: { test: { server: '${cluster.url}', tokenFile: '${tokenFile}' } }\n`
  gate = await startGate({ now: clock.now, servers, settings: clusters, fetch: counting })
  const { issuer } = idp
  const { aud: audience } = idp.claims()
  const settings = { kind: 'oidc', issuer, audience, requiredScope: 'mcp.access' }
  await gate.admin.must('PUT', '/teamspaces/acme/connections/oidc', settings)
  await gate.admin.must('POST', '/teamspaces/acme/members', { email: 'olga@acme.example', subject: 'User-1' })
  const workloads = { kind: 'kubernetes', cluster: 'test', audience: 'sallyport', verify: 'tokenreview' }
  await gate.admin.must('PUT', '/teamspaces/acme/connections/kubernetes', workloads)
  await gate.admin.must('POST', '/teamspaces/acme/members', { serviceAccount: 'agents/crawler' })
  rows = [...credentialRows(issuedToGate(await mintTokens())), ...mcpTokens].filter(({ accessToken }) =>
    canBeSent(accessToken),
  )
})
after(() => gate?.close())

/** One that is good, one that has expired, and one that was revoked. */
async function mintTokens(): Promise<NonNullable<Issued['tokens']>> {
  const path = '/teamspaces/acme/mcp-tokens'
  const mint = (name: string, more: object = {}) => gate.admin.must('POST', path, { name, ...more })
  const [good, expired, revoked] = [
    await mint('good'),
    await mint('expired', { expires_in_seconds: 1 }),
    await mint('revoked'),
  ]
  await gate.admin.must('DELETE', `${path}/${revoked.id}`)
  clock.advance(2)
  return { good: good.token, expired: expired.token, revoked: revoked.token }
}

function workloadTokens(): NonNullable<Issued['kubernetes']> {
  const account = { namespace: 'agents', name: 'crawler', audiences: ['sallyport'] }
  const deleted = cluster.issueToken({ ...account, name: 'deleted' })
  cluster.deleteAccount({ ...account, name: 'deleted' })
  const username = 'system:serviceaccount:agents:crawler'
  return {
    claims: cluster.claimsFor(account),
    sign: cluster.signClaims,
    opaque: cluster.issueOpaque({ username, audiences: ['sallyport'] }),
    anonymous: cluster.issueOpaque({ username: 'system:anonymous', audiences: ['sallyport'] }),
    deleted,
  }
}

function issuedToGate(tokens: NonNullable<Issued['tokens']>): Issued {
  const { emulator } = gate
  return {
    nowSeconds: clock.seconds,
    tokens,
    kubernetes: workloadTokens(),
    entra: {
      claims: userClaims(gate, clock.seconds),
      pair: { kid: entraKey.kid, alg: 'RS256', key: entraKey.privateKey },
      issuer: issuerOf(gate, ACME.tenantId),
      authority: emulator.url,
      tenantId: ACME.tenantId,
    },
    oidc: {
      claims: idp.claims(),
      pair: { kid: ISSUER_KEY.kid, alg: 'RS256', key: ISSUER_KEY.privateKey },
      otherPairs: [eddsa, es256].map(({ kid, alg, privateKey }) => ({ kid, alg, key: privateKey })),
      origin: idp.origin,
    },
  }
}

/** Nobody minted these; those that were are in `credentialRows`. */
const mcpTokens: readonly Row[] = ['A'.repeat(43), 'A'.repeat(42), 'A'.repeat(44), 'a.b.c'].map((rest) => ({
  name: `token: mcpt_${rest}`,
  accessToken: `mcpt_${rest}`,
  judge: 'token',
  code: 'token_invalid',
  asks: [],
}))

/** HTTP itself takes spaces at the ends away, and lets neither control characters nor endless headers through. */
const canBeSent = (text: string) =>
  text.trim() === text && text.length <= 20_000 && !/[\0-\x08\x0a-\x1f\x7f]/.test(text)

/** Whoever can only be given a credential is not sent to look for a sign-in (S4-27). */
const canSignIn = (modes: readonly string[]) => modes.some((mode) => mode !== 'Token')

/** What is wrong with the header is said before any verifier is chosen. */
const isOneWord = ({ accessToken }: Row) => accessToken.length <= 16 * 1024 && !accessToken.includes(' ')

interface Expected {
  readonly codes: readonly string[]
  /** Whether the sign-in may be asked about its keys. */
  readonly asks: boolean
}

function expectedAt(row: Row, modes: readonly string[]): Expected {
  if (!isOneWord(row)) return { codes: ['token_malformed'], asks: false }
  const { judge, code, asks } = row
  const isAskedFor = asks.some((what) => !what.startsWith('find'))
  if (judge !== 'nobody' && modes.includes(MODE_OF[judge])) {
    return { codes: [code], asks: isAskedFor }
  }
  if (judge === 'token') return { codes: ['credential_kind_refused'], asks: false }
  if (judge === 'nobody') {
    // A word without dots would be the cluster's, and there is none.
    const mayBeOpaque = modes.includes('Kubernetes') && !row.accessToken.includes('.')
    return { codes: [code, ...(mayBeOpaque ? ['credential_kind_refused'] : [])], asks: false }
  }
  if (judge === 'kubernetes' && !row.accessToken.includes('.')) return { codes: ['token_malformed'], asks: false }
  const isForJwts = modes.includes('EntraJwt') || modes.includes('Oidc')
  return { codes: isForJwts ? ['claims_invalid', 'token_invalid'] : ['credential_kind_refused'], asks: false }
}

const send = (server: string, accessToken: string) => () => {
  const value = Buffer.from(`Bearer ${accessToken}`).toString('latin1')
  return sendRequest(`${gate.publicUrl}/for/${server}`, { headers: [['Authorization', value]] })
}

for (const [server, modes] of Object.entries(SERVERS)) {
  test(`X-11 X-12 D-11 a server for ${modes.join(' and ')}: each credential has one verdict, one audit row, and asks no more than it needs`, async () => {
    assert.ok(rows.length >= 80, String(rows.length))
    const ruled = new Map<string, readonly [name: string, rules: readonly string[]]>()
    for (const row of rows) {
      const { codes, asks } = expectedAt(row, modes)
      fetched = []
      idp.requests.length = 0
      cluster.requests.length = 0
      const isAllowed = codes[0] === 'verified'
      const where = `${row.name} at ${server}`
      const call = send(server, row.accessToken)
      const answer = await (
        isAllowed
          ? expectAllowed(gate, call)
          : expectRefusal(gate, call, {
              status: codes[0] === 'scope_insufficient' ? 403 : 401,
              withoutSignIn: !canSignIn(modes),
            })
      ).catch((error: unknown) => assert.fail(`${where}: ${error}`))
      ruled.set(answer.headers.get('x-request-id')!, [where, isAllowed ? [] : codes])
      if (!asks) assert.deepEqual([...fetched, ...idp.requests, ...cluster.requests], [], where)
      assert.ok(row.judge === 'kubernetes' ? cluster.requests.length <= 1 : cluster.requests.length === 0, where)
      assert.ok(new Set([...fetched, ...idp.requests]).size <= 2, where)
      const keys = `${gate.emulator.url}/${ACME.tenantId}/discovery/v2.0/keys`
      assert.ok(
        fetched.every((url) => row.judge === 'entra' && url === keys),
        where,
      )
      assert.ok(row.judge === 'oidc' || idp.requests.length === 0, where)
    }
    await checkAudit(ruled)
  })
}

async function checkAudit(ruled: ReadonlyMap<string, readonly [name: string, rules: readonly string[]]>) {
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1000')
  for (const [requestId, [where, rules]] of ruled) {
    const found = events.filter((event: any) => event.requestId === requestId)
    assert.equal(found.length, 1, `${where}: audit rows`)
    const [{ decision, rule, memberId }] = found
    assert.equal(decision, rules.length === 0 ? 'allowed' : 'denied', where)
    if (rules.length === 0) continue
    assert.ok(rules.includes(rule), `${where}: ${rule}, not ${rules.join(' or ')}`)
    assert.equal(memberId, undefined, where)
  }
}

for (const [server, modes] of TRUSTING) {
  test(`D-11 a server for ${modes.join()}: no credential is judged, asked about or passed on`, async () => {
    fetched = []
    idp.requests.length = 0
    const seenBefore = gate.upstream.seen.length
    for (const { name, accessToken } of rows) {
      await expectAllowed(gate, send(server, accessToken)).catch((error: unknown) => assert.fail(`${name}: ${error}`))
    }
    assert.deepEqual([...fetched, ...idp.requests], [])
    const passedOn = gate.upstream.seen.slice(seenBefore).filter(({ headers }) => headers.authorization !== undefined)
    assert.equal(passedOn.length, 0)
  })
}

test('D-11 a credential that was let in at one server is refused at each that does not take its kind', async () => {
  const good = rows.filter(({ code }) => code === 'verified')
  for (const { name, judge, accessToken } of good) {
    for (const [server, modes] of Object.entries(SERVERS)) {
      const call = send(server, accessToken)
      const isTaken = judge !== 'nobody' && modes.includes(MODE_OF[judge])
      const refusal = { status: 401, withoutSignIn: !canSignIn(modes) }
      await (isTaken ? expectAllowed(gate, call) : expectRefusal(gate, call, refusal)).catch((error: unknown) =>
        assert.fail(`${name} at ${server}: ${error}`),
      )
    }
  }
})

test('D-11 X-12 one credential at all servers at once gets at each the verdict of that server', async () => {
  for (const judge of ['entra', 'oidc', 'token', 'kubernetes'] as const) {
    const { accessToken } = rows.find((row) => row.judge === judge && row.code === 'verified')!
    for (let round = 0; round < 2; round++) {
      clock.advance(61) // what was verified is kept for a minute
      const statuses = await Promise.all(
        Object.keys(SERVERS).map(async (server) => (await send(server, accessToken)()).status),
      )
      const expected = Object.values(SERVERS).map((modes) => (modes.includes(MODE_OF[judge]) ? 200 : 401))
      assert.deepEqual(statuses, expected)
    }
  }
})
