import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, auth: [EntraJwt, Token], outbound: { kind: none } }
`
const clock = testClock()
let gate: TestGate
before(async () => {
  gate = await startGate({ servers: SERVERS, now: clock.now })
})
after(() => gate.close())

const GROUP = 'abcdefab-0002-4000-8000-00000000000f'
const OTHER = 'abcdefab-0002-4000-8000-00000000000e'
const policyOf = (...rules: Policy['rules']): Policy => ({ default: 'allow members', rules })
const call = (name: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })

async function isHidden(token: string, name = 'export'): Promise<boolean> {
  const answer = await gate.call(token, { body: call(name) })
  assert.equal(answer.status, 200)
  return (await answer.text()).includes('tool_unknown')
}

const signed = (claims: Record<string, unknown>) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, claims))

test('a rule that keeps a group out holds however its id is written', async () => {
  for (const written of [GROUP, GROUP.toUpperCase()]) {
    await gate.admin.setPolicy(
      'acme',
      policyOf({ name: 'out', effect: 'deny', tools: ['export'], who: { groups: [written] } }),
    )
    for (const claimed of [GROUP, GROUP.toUpperCase()])
      assert.equal(await isHidden(await signed({ groups: [claimed] })), true)
    assert.equal(await isHidden(await signed({ groups: [OTHER] })), false)
  }
  await gate.admin.setPolicy('acme', {
    default: 'deny',
    rules: [{ name: 'in', effect: 'allow', tools: ['export'], who: { groups: [GROUP.toUpperCase()] } }],
  })
  assert.equal(await isHidden(await signed({ groups: [GROUP] })), false)
  assert.equal(await isHidden(await signed({ groups: [OTHER] })), true)
})

test('a token that says odd things of its groups is not taken to be in none', async () => {
  await gate.admin.setPolicy(
    'acme',
    policyOf({ name: 'out', effect: 'deny', tools: ['export'], who: { groups: [GROUP] } }),
  )
  const connection = gate.admin.connectionBody(ACME, { groups: 'token' }) // Graph would know, and is not asked
  await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', connection)
  const source = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'http://127.0.0.1:1/x' } } }
  const odd: Record<string, unknown>[] = [
    {},
    { groups: null },
    { groups: 7 },
    { groups: {} },
    { groups: [7] },
    { groups: [GROUP, 7] },
    { groups: ['Finance'] },
    { groups: [[GROUP]] },
    { groups: '' },
    { hasgroups: false },
    { hasgroups: true, groups: [] },
    { hasgroups: 'true', groups: [OTHER] },
    { _claim_names: { groups: 'src1' }, groups: [OTHER] },
    { ...source, groups: [] },
    source,
  ]
  for (const claims of odd)
    assert.notEqual((await gate.call(await signed(claims), { body: call('other') })).status, 401)
  for (const claims of odd) {
    const answer = await gate.call(await signed(claims), { body: call('export') })
    const text = await answer.text()
    assert.ok(
      text.includes('tool_unknown') || answer.status === 503,
      `${JSON.stringify(claims)}: ${answer.status} ${text}`,
    )
  }
})

test('a token that takes the place of another is concerned by the rules about that other', async () => {
  const minted = await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'ci' })
  const free = await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'free' })
  await gate.admin.setPolicy(
    'acme',
    policyOf({ name: 'not ci', effect: 'deny', tools: ['export'], who: { tokens: ['ci'] } }),
  )
  let { id, token } = minted as { id: string; token: string }
  assert.equal(await isHidden(token), true)
  for (let i = 0; i < 3; i++) {
    ;({ id, token } = await gate.admin.must('POST', `/teamspaces/acme/mcp-tokens/${id}/rotate`, {}))
    assert.equal(await isHidden(token), true, `rotated ${i + 1} times`)
  }
  assert.equal(await isHidden(free.token), false)
  await gate.admin.setPolicy('acme', {
    default: 'deny',
    rules: [{ name: 'ci', effect: 'allow', tools: ['export'], who: { tokens: [minted.id] } }],
  })
  assert.equal(await isHidden(token), false)
  assert.equal(await isHidden(free.token), true)
})
