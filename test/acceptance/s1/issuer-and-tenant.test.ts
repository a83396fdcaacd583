import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { issuerOf, keyFetches, NO_CREDENTIAL, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

const callWith = async (changes: Record<string, unknown>, header = {}, tenantId = ACME.tenantId) => {
  const accessToken = await gate.emulator.signToken(tenantId, userClaims(gate, clock.seconds, changes), header)
  return () => gate.call(accessToken)
}

const publishedKeys = async (tenantId: string) => {
  const answer = await fetch(`${gate.emulator.url}/${tenantId}/discovery/v2.0/keys`)
  return ((await answer.json()) as { keys: { kid: string; issuer?: string }[] }).keys
}

const globex = () => ({ iss: issuerOf(gate, GLOBEX.tenantId), tid: GLOBEX.tenantId, oid: GLOBEX.gus.oid })

test("S1 5: tenant B's token for tenant A's audience is refused, though A's key set has the key that signed it", async () => {
  const [ofAcme, ofGlobex] = await Promise.all([publishedKeys(ACME.tenantId), publishedKeys(GLOBEX.tenantId)])
  assert.ok(
    ofAcme.some(({ kid }) => ofGlobex.some((key) => key.kid === kid)),
    'the tenants share a key',
  )

  await expectRefusal(gate, await callWith(globex(), {}, GLOBEX.tenantId), { status: 401, code: 'audience_unknown' })
})

test("S1 5: tenant A's issuer with tenant B's audience is refused as well", async () => {
  await expectRefusal(gate, await callWith({ aud: GLOBEX.gatewayClientId }), { status: 401, code: 'audience_unknown' })
})

test("S1 5: one person's oid in another tenant is not that person", async () => {
  const asAda = { ...globex(), aud: GLOBEX.gatewayClientId, azp: GLOBEX.gatewayClientId, oid: ACME.ada.oid }
  await expectRefusal(gate, await callWith(asAda, {}, GLOBEX.tenantId), { status: 401, code: 'member_unknown' })
})

test('S1 6: a key that its issuer member gives to another issuer cannot sign for this tenant', async () => {
  const foreign = (await publishedKeys(ACME.tenantId)).find(({ issuer }) => issuer?.includes(PERSONAL))
  assert.ok(foreign, 'the key set has a key of personal accounts')

  await expectRefusal(gate, await callWith({}, { kid: foreign.kid }), { status: 401, says: 'Invalid token claims' })
})

const foreignClaims: readonly (readonly [what: string, changes: () => Record<string, unknown>])[] = [
  ['tid is not the tenant of iss', () => ({ tid: GLOBEX.tenantId })],
  ['tid is absent', () => ({ tid: undefined })],
  ['tid is no GUID', () => ({ tid: '../../evil' })],
  ['iss is not the tenant of tid', () => ({ iss: issuerOf(gate, GLOBEX.tenantId) })],
  ['ver is 1.0', () => ({ ver: '1.0' })],
  ['ver is the number 2', () => ({ ver: 2 })],
  ['ver is absent', () => ({ ver: undefined })],
  ['issuer is the v1 one', () => ({ iss: `https://sts.windows.net/${ACME.tenantId}/` })],
  ['issuer is the v1 one, with ver 1.0', () => ({ iss: `https://sts.windows.net/${ACME.tenantId}/`, ver: '1.0' })],
  ['issuer is the global cloud', () => ({ iss: `https://login.microsoftonline.com/${ACME.tenantId}/v2.0` })],
  ['issuer is the US government cloud', () => ({ iss: `https://login.microsoftonline.us/${ACME.tenantId}/v2.0` })],
  ['issuer is the cloud in China', () => ({ iss: `https://login.partner.microsoftonline.cn/${ACME.tenantId}/v2.0` })],
  ['issuer has a slash at its end', () => ({ iss: `${issuerOf(gate, ACME.tenantId)}/` })],
  ['issuer has no version', () => ({ iss: `${gate.emulator.url}/${ACME.tenantId}` })],
  ['issuer is common', () => ({ iss: issuerOf(gate, 'common') })],
  ['issuer is 36 dashes', () => ({ iss: issuerOf(gate, '-'.repeat(36)), tid: '-'.repeat(36) })],
  ['issuer is that of personal accounts', () => ({ iss: issuerOf(gate, PERSONAL), tid: PERSONAL })],
  ['issuer is a list', () => ({ iss: [issuerOf(gate, ACME.tenantId)] })],
  ['issuer is absent', () => ({ iss: undefined })],
]
for (const [what, changes] of foreignClaims) {
  test(`S1 6: a token whose ${what} is refused`, async () => {
    await expectRefusal(gate, await callWith(changes()), { status: 401 })
  })
}

test('S1 6: the tenant is compared without case, as GUIDs are', async () => {
  await expectAllowed(gate, await callWith({ tid: ACME.tenantId.toUpperCase() }))
})

test('S1 6: a connection for personal accounts cannot be saved, since anybody may have such an account', async () => {
  const body = gate.admin.connectionBody(ACME, { tenantId: PERSONAL })
  const { status } = await gate.admin.send('PUT', '/teamspaces/acme/connections/entra', body)
  assert.equal(status, 400)
})

test('S1 14: another issuer, such as Clerk, is refused as unknown and nothing is fetched, until OIDC connections exist', async () => {
  let asked = 0
  const issuer = createServer((_request, response) => void (asked++, response.end('{}')))
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  const iss = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  const fetchesBefore = [keyFetches(gate), gate.emulator.requests.length]
  try {
    for (const claims of [
      { iss },
      { iss, tid: undefined },
      { iss, aud: gate.mcpUrl, tid: undefined, ver: undefined },
    ]) {
      const refusal = await expectRefusal(gate, await callWith(claims), { status: 401, says: 'Invalid token claims' })
      assert.ok(!JSON.stringify([...refusal.headers, refusal.body]).includes(iss), 'the issuer is not echoed')
    }
    assert.deepEqual([keyFetches(gate), gate.emulator.requests.length], fetchesBefore)
    assert.equal(asked, 0)
  } finally {
    issuer.close()
  }
})
