import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'
import { ADA, startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let aheadMs = 0
let gate: OidcGate
before(async () => void (gate = await startOidcGate({ now: () => Date.now() + aheadMs })))
after(() => gate.close())

/** Longer than the pause after a fetch that failed. */
const later = () => void (aheadMs += 1_000)

test('D-18 S5-31 S5 11 an issuer that is down is 503 with Retry-After, and it recovers by itself', async () => {
  const token = await gate.tokenOf(ADA)
  gate.idp.setDown(true)
  await expectFault(gate, () => gate.call(token), 'keys_unavailable')
  await expectFault(gate, () => gate.call(token), 'keys_unavailable')
  assert.equal((await gate.lastRow()).decision, 'fault')
  gate.idp.setDown(false)
  later()
  await expectAllowed(gate, () => gate.call(token))
})

test('D-18 while it is down, keys in hand go on, and a new key is a fault, never a verdict', async () => {
  const known = gate.idp.sign(gate.claims({ jti: 'another' }))
  gate.idp.rotateKey()
  const unknown = gate.idp.sign(gate.claims())
  gate.idp.setDown(true)
  await expectAllowed(gate, () => gate.call(known))
  await expectFault(gate, () => gate.call(unknown), 'keys_unavailable')
  gate.idp.setDown(false)
  later()
  await expectAllowed(gate, () => gate.call(unknown))
})

test('S5-30 S5 11 an issuer whose metadata names another is a fault, and the log has both', async () => {
  const spelt = `${gate.idp.issuer}/`
  await gate.connect({ issuer: spelt, audience: 'https://mcp.example/spelt' })
  const token = gate.idp.sign(gate.claims({ iss: spelt, aud: 'https://mcp.example/spelt' }))
  await expectFault(gate, () => gate.call(token), 'keys_unavailable')
  const log = gate.logged.join('')
  assert.ok(log.includes(`${spelt} is configured`) && log.includes(`\\"${gate.idp.issuer}\\"`), log)
})

test('an issuer at an address that may not be reached is a fault, and nobody is asked', async () => {
  await gate.connect({ issuer: 'https://169.254.169.254', audience: 'https://mcp.example/inside' })
  const token = gate.idp.sign(gate.claims({ iss: 'https://169.254.169.254', aud: 'https://mcp.example/inside' }))
  await expectFault(gate, () => gate.call(token), 'keys_unavailable')
})

test('S5-36 no other connection of the teamspace stands in for the issuer', async () => {
  await gate.connect()
  later()
  gate.idp.setDown(true)
  const token = gate.idp.sign(gate.claims({ iss: 'https://id.example' }))
  await expectRefusal(gate, () => gate.call(token), { status: 401, code: 'claims_invalid' })
  gate.idp.setDown(false)
})

test('a Sallyport that is public sends nothing to its own machine, whatever issuer a teamspace names', async (t) => {
  const distant = await startOidcGate({ publicUrl: 'https://mcp.example' })
  t.after(() => distant.close())
  const token = distant.idp.sign(distant.claims())
  const url = `http://127.0.0.1:${distant.config.listen.public.port}/t/initech/context7/mcp`
  await expectFault(distant, () => distant.call(token, url), 'keys_unavailable')
  assert.deepEqual(distant.idp.requests, [])
})
