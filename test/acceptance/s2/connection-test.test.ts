import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { freePort } from '../../support/free-port.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

const UNKNOWN_TENANT = 'cccccccc-0000-4000-8000-00000000ffff'

describe('Test connection', () => {
  let gate: TestGate
  let saved: unknown
  let imposter: Awaited<ReturnType<typeof startImposter>>
  before(async () => {
    imposter = await startImposter()
    const clouds = {
      imposter: { authority: imposter.url },
      closed: { authority: `http://127.0.0.1:${await freePort()}` },
    }
    gate = await startGate({ clouds })
  })
  after(async () => {
    await gate.close()
    await imposter.close()
  })
  const connection = () => gate.admin.must('GET', '/teamspaces/acme/connections/entra')
  const snapshot = async () => [
    { ...(await connection()), lastTest: undefined },
    await gate.admin.must('GET', '/audit?limit=1000'),
    await gate.admin.must('GET', '/teamspaces/acme/members'),
  ]
  beforeEach(async () => void (saved = await snapshot()))
  afterEach(async () => {
    gate.emulator.setFault(undefined)
    assert.deepEqual(await snapshot(), saved, 'a test saves nothing but what it showed')
    assert.equal(gate.upstream.seen.length, 0)
  })

  const test = async (target?: { cloud?: string; tenantId: string }) => {
    const { status, body } = await gate.admin.send('POST', '/teamspaces/acme/connections/entra/test', target)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  const inEmulator = (tenantId: string) => ({ cloud: 'emulator', tenantId })

  it('S2 14: a tenant that is there is ok, with its issuer and the number of its keys', async () => {
    const expected = { outcome: 'ok', issuer: `${gate.emulator.url}/${GLOBEX.tenantId}/v2.0`, keyCount: 2 }
    assert.deepEqual(await test(inEmulator(GLOBEX.tenantId)), expected)
    assert.deepEqual(await test(inEmulator(GLOBEX.tenantId.toUpperCase())), expected)
  })

  it('S2 14: without a body, what is saved is tested', async () => {
    const before = gate.emulator.requests.length
    await test(inEmulator(ACME.tenantId))
    assert.equal((await connection()).lastTest, undefined, 'what is typed is tested for whoever types it')
    assert.equal(gate.emulator.requests.length, before + 2, 'and without the credential that is saved')
    const result = await test()
    assert.equal(result.issuer, `${gate.emulator.url}/${ACME.tenantId}/v2.0`)
    const { at, ...rest } = (await connection()).lastTest
    assert.deepEqual(rest, { by: 'operator', isStale: false, result })
    assert.ok(Math.abs(Date.now() - at) < 10_000)
  })

  it('S2 14: a tenant that Entra does not know (AADSTS90002) is named so', async () => {
    assert.equal((await test(inEmulator(UNKNOWN_TENANT))).outcome, 'unknown_tenant')
  })

  it('S2 14: a document of another issuer is a mismatch that shows both', async () => {
    const result = await test({ cloud: 'imposter', tenantId: ACME.tenantId })
    assert.deepEqual(result, {
      outcome: 'issuer_mismatch',
      expected: `${imposter.url}/${ACME.tenantId}/v2.0`,
      presented: imposter.issuer,
    })
    assert.equal(imposter.keysAsked, 0, 'keys of a stranger are not fetched')
  })

  it('S2 14: what cannot be asked is unreachable, for a reason that can be told apart', async () => {
    const said = new Set<string>()
    const unreachable = async (target: { cloud: string; tenantId: string }) => {
      const { outcome, says } = await test(target)
      assert.equal(outcome, 'unreachable')
      assert.ok(!/<|It works|stack| at /.test(says), says)
      said.add(says)
    }
    await unreachable({ cloud: 'closed', tenantId: ACME.tenantId })
    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'garbage' }, { kind: 'drop' }] as const) {
      gate.emulator.setFault({ path: 'discovery', ...fault })
      await unreachable(inEmulator(ACME.tenantId))
    }
    gate.emulator.setFault({ path: 'keys', kind: 'status', status: 503 })
    await unreachable(inEmulator(ACME.tenantId))
    assert.ok(said.size >= 4, [...said].join('; '))
  })

  it('S2 14: waits five seconds, not longer', async (t) => {
    const asked: number[] = []
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    t.mock.method(AbortSignal, 'timeout', (ms: number) => (asked.push(ms), timeout(ms / 50)))
    gate.emulator.setFault({ path: 'discovery', kind: 'slow', delayMs: 8_000 })
    assert.deepEqual(await test(inEmulator(ACME.tenantId)), { outcome: 'unreachable', says: 'no answer in time' })
    assert.deepEqual(asked, [5_000])
  })

  it('S2 14: nothing but a GUID and a known cloud becomes part of an address', async () => {
    const before = gate.emulator.requests.length
    const targets = [
      inEmulator('common'),
      inEmulator(`${ACME.tenantId}/../x`),
      inEmulator(`${ACME.tenantId}@attacker.example`),
      inEmulator(''),
      { cloud: 'https://attacker.example', tenantId: ACME.tenantId },
      { cloud: 'constructor', tenantId: ACME.tenantId },
      { cloud: '__proto__', tenantId: ACME.tenantId },
    ]
    for (const target of targets) {
      const { status } = await gate.admin.send('POST', '/teamspaces/acme/connections/entra/test', target)
      assert.equal(status, 400, JSON.stringify(target))
    }
    assert.equal(gate.emulator.requests.length, before)
  })
})

/** Answers for any tenant, in another issuer's name. */
async function startImposter() {
  const imposter = { url: '', issuer: 'https://login.example/other/v2.0', keysAsked: 0 }
  const server = createServer(({ url }, response) => {
    if (url!.includes('/keys')) imposter.keysAsked++
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ issuer: imposter.issuer, jwks_uri: `${imposter.url}/keys`, keys: [{}] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  imposter.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(imposter, {
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  })
}
