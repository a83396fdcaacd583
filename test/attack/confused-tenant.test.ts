import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { issuerOf, NO_CREDENTIAL, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })))
after(() => gate.close())

const inTeamspace = (slug: string) => `${gate.publicUrl}/t/${slug}/context7/mcp`
const globexClaims = () => ({
  aud: GLOBEX.gatewayClientId,
  azp: GLOBEX.gatewayClientId,
  iss: issuerOf(gate, GLOBEX.tenantId),
  tid: GLOBEX.tenantId,
  oid: GLOBEX.gus.oid,
})
const signed = (changes: Record<string, unknown> = {}, tenantId: string = ACME.tenantId) =>
  gate.emulator.signToken(tenantId, userClaims(gate, clock.seconds, changes))

test("confused tenant: a person of one teamspace cannot enter another's place with their own good token", async () => {
  const [ada, gus] = [await signed(), await signed(globexClaims(), GLOBEX.tenantId)]
  await expectAllowed(gate, () => gate.call(ada, { url: inTeamspace('acme') }))
  await expectAllowed(gate, () => gate.call(gus, { url: inTeamspace('globex') }))

  const refused = { status: 401, code: 'teamspace_mismatch' }
  await expectRefusal(gate, () => gate.call(ada, { url: inTeamspace('globex') }), refused)
  await expectRefusal(gate, () => gate.call(gus, { url: inTeamspace('acme') }), refused)
})

test('confused tenant: neither query, header nor body can move a call into another teamspace', async () => {
  const gus = await signed(globexClaims(), GLOBEX.tenantId)
  const headers = { 'x-teamspace': 'acme', 'x-tenant-id': ACME.tenantId, 'x-forwarded-prefix': '/t/acme' }
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { teamspace: 'acme' }, teamspace: 'acme' }
  const url = `${gate.mcpUrl}?teamspace=acme`
  await expectAllowed(gate, () => gate.call(gus, { url, headers, body: JSON.stringify(message) }))

  await gate.sallyport.flushAudit()
  const [mine] = (await gate.admin.must('GET', '/audit?teamspace=globex&limit=1')).events
  assert.equal(mine.subject, GLOBEX.gus.oid)
})

test('nOAuth: an e-mail, UPN or name is nobody, whatever a tenant admin wrote into it', async () => {
  const { email } = ACME.ada
  const asAda = { preferred_username: email, email, upn: email, unique_name: email, name: 'Ada Marsh' }
  const impostor = await signed({ ...globexClaims(), ...asAda }, GLOBEX.tenantId)
  await expectAllowed(gate, () => gate.call(impostor))
  await gate.sallyport.flushAudit()
  const [event] = (await gate.admin.must('GET', '/audit?limit=1')).events
  assert.deepEqual([event.subject, event.email], [GLOBEX.gus.oid, GLOBEX.gus.email])

  const stranger = await signed({ ...asAda, oid: ACME.dev.oid })
  await expectRefusal(gate, () => gate.call(stranger), { status: 401, code: 'member_unknown' })
})

test('any tenant: a well-signed token of a tenant that nobody configured is refused', async () => {
  const tenantId = 'cccccccc-0000-4000-8000-000000000001'
  const accessToken = await signed({ iss: issuerOf(gate, tenantId), tid: tenantId })
  await expectRefusal(gate, () => gate.call(accessToken), { status: 401, code: 'audience_unknown' })
})

test('any tenant: an audience that two teamspaces want belongs to the first', async () => {
  const body = { ...gate.admin.connectionBody(GLOBEX), audience: ACME.gatewayClientId, onBehalfOf: undefined }
  const answer = await gate.admin.send('PUT', '/teamspaces/globex/connections/entra', body)
  assert.equal(answer.status, 409)
  assert.ok(!JSON.stringify(answer.body).includes('acme'), 'it is not said whose it is')
})

test('confused tenant: a hundred calls of two tenants at once never mix', async () => {
  const calls = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const [own, other] = i % 2 === 0 ? ['acme', 'globex'] : ['globex', 'acme']
      const token = own === 'acme' ? await signed() : await signed(globexClaims(), GLOBEX.tenantId)
      return i % 4 < 2 ? { token, asked: own, expected: 200 } : { token, asked: other, expected: 401 }
    }),
  )
  const answers = await Promise.all(calls.map(({ token, asked }) => gate.call(token, { url: inTeamspace(asked!) })))
  assert.deepEqual(
    answers.map(({ status }) => status),
    calls.map(({ expected }) => expected),
  )
})
