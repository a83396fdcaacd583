import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePort } from '../../support/free-port.ts'
import { startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let gate: OidcGate
before(async () => void (gate = await startOidcGate()))
after(() => gate.close())

const CONNECTION = '/teamspaces/initech/connections/oidc'
const AUDIENCE_ADVICE =
  'Keycloak: access tokens are for `account` unless an Audience mapper in a client scope of the client names this audience.'

/** The answer to a test, which must have saved nothing but that answer. */
async function outcomeOf(target?: object) {
  const snapshot = async () => [
    { ...(await gate.admin.must('GET', CONNECTION)), lastTest: undefined },
    await gate.admin.must('GET', '/teamspaces/initech/members'),
    await gate.admin.must('GET', '/audit'),
  ]
  const saved = await snapshot()
  const result = await gate.admin.must('POST', `${CONNECTION}/test`, target)
  assert.deepEqual(await snapshot(), saved, 'a test saves nothing else')
  if (!target) assert.deepEqual((await gate.admin.must('GET', CONNECTION)).lastTest.result, result)
  return result
}

test('S5-30 an issuer that works is ok, with its keys, and says what has to be set up there', async () => {
  assert.deepEqual(await outcomeOf(), {
    outcome: 'ok',
    issuer: gate.idp.issuer,
    keyCount: 1,
    algorithms: ['RS256'],
    advice: [
      AUDIENCE_ADVICE,
      'Keycloak: make a client scope with this name, with "Include in token scope" on, and assign it to the client.',
    ],
  })
  const { advice } = await outcomeOf({ issuer: gate.idp.issuer, provider: 'auth0' })
  assert.match(advice[0], /^Auth0: the client must send the identifier of the API as `audience`/)
  assert.equal(advice.length, 1)
})

test('S5-30 metadata of another issuer is a mismatch that shows both, down to the slash', async () => {
  assert.deepEqual(await outcomeOf({ issuer: `${gate.idp.issuer}/` }), {
    outcome: 'issuer_mismatch',
    expected: `${gate.idp.issuer}/`,
    presented: gate.idp.issuer,
  })
})

test('S5-32 an issuer whose keys are of no use says so', async () => {
  const result = await outcomeOf({ issuer: gate.idp.issuer, keysUrl: gate.idp.metadataUrl })
  assert.equal(result.outcome, 'no_usable_keys')
})

test('S5-31 an issuer that does not answer, or not well, is unreachable, with the reason', async () => {
  const closed = await outcomeOf({ issuer: `http://127.0.0.1:${await freePort()}` })
  assert.deepEqual([closed.outcome, /ECONNREFUSED/.test(closed.says)], ['unreachable', true])
  const nothing = await outcomeOf({ issuer: `${new URL(gate.idp.issuer).origin}/realms/nobody` })
  assert.deepEqual([nothing.outcome, /has no metadata/.test(nothing.says)], ['unreachable', true])
  gate.idp.setDown(true)
  const down = await outcomeOf()
  gate.idp.setDown(false)
  assert.deepEqual([down.outcome, /answered 503/.test(down.says)], ['unreachable', true])
})

test('what is inside the network is not asked, and its answers are never shown', async () => {
  const inside = await outcomeOf({ issuer: 'https://169.254.169.254' })
  assert.deepEqual([inside.outcome, /ADDRESS_NOT_PUBLIC/.test(inside.says)], ['unreachable', true])
  const unread = await outcomeOf({ issuer: gate.idp.issuer, keysUrl: `${gate.adminUrl}/healthz` })
  assert.deepEqual([unread.outcome, unread.says], ['unreachable', `${gate.adminUrl}/healthz answered without JSON`])
})

test('a Sallyport that is public asks no issuer on its own machine', async (t) => {
  const distant = await startOidcGate({ publicUrl: 'https://mcp.example' })
  t.after(() => distant.close())
  const result = await distant.admin.must('POST', `${CONNECTION}/test`)
  assert.deepEqual([result.outcome, /ADDRESS_NOT_PUBLIC/.test(result.says)], ['unreachable', true])
  assert.deepEqual(distant.idp.requests, [])
  const allowing = await startOidcGate({ publicUrl: 'https://mcp.example', settings: 'allowPrivateIssuers: true\n' })
  t.after(() => allowing.close())
  assert.equal((await allowing.admin.must('POST', `${CONNECTION}/test`)).outcome, 'ok')
})
