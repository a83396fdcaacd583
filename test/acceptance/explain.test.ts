import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHttpAdminClient } from '../../apps/sallyport/src/cli/admin-client.ts'
import { sayDecision } from '../../apps/sallyport/src/cli/explain.ts'
import { verifyChains } from '../../apps/sallyport/src/cli/verify-chains.ts'
import type { DecisionView } from '../../apps/sallyport/src/audit/explain-decision.ts'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { CallInit, TestGate } from '../support/gate.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

/** What the admin is told of a call, a moment after it. */
async function explained(token: string | undefined, init: CallInit = {}): Promise<DecisionView> {
  const answer = await gate.call(token, init)
  await answer.body?.cancel()
  return gate.admin.must('GET', `/decisions/${answer.headers.get('x-request-id')}`)
}

test('an allowed call names the rule, the caller and what the server answered', async () => {
  const view = await explained(ada)
  assert.deepEqual(
    [view.decision, view.step, view.rule, view.isFinished],
    ['allowed', 'authorize', 'role:developer', true],
  )
  assert.deepEqual([view.status, view.upstreamStatus, view.exchange], [200, 200, 'none'])
  assert.deepEqual([view.caller['email'], view.call['server']], [ACME.ada.email, 'context7'])
})

test('S2G-05 each refusal says which step decided, what was expected and presented, and what would change it', async () => {
  const missing = await explained(undefined)
  assert.deepEqual(
    [missing.step, missing.rule, missing.docs],
    ['authenticate', 'token_missing', 'docs/denials.md#token_missing'],
  )

  const stranger = await explained(await gate.tokenFor(ACME.dev.email))
  assert.deepEqual([stranger.step, stranger.rule, stranger.fix], ['admit', 'member_unknown', 'sallyport member add'])
  assert.match(JSON.stringify(stranger.presented), new RegExp(ACME.dev.oid))

  const elsewhere = await explained(ada, { url: `${gate.publicUrl}/t/globex/context7/mcp` })
  assert.deepEqual([elsewhere.step, elsewhere.rule], ['admit', 'teamspace_mismatch'])
  assert.notEqual(elsewhere.expected, elsewhere.presented)

  const mismatch = await explained(ada, { headers: { 'mcp-method': 'tools/call' } })
  assert.deepEqual([mismatch.step, mismatch.expected, mismatch.presented], ['read', 'tools/list', 'tools/call'])

  const nowhere = await explained(ada, { url: `${gate.publicUrl}/nowhere/mcp` })
  assert.deepEqual([nowhere.step, nowhere.presented], ['route', '/nowhere/mcp'])

  gate.upstream.answerWith((_seen, response) => void response.destroy())
  const failed = await explained(ada)
  gate.upstream.answerWith()
  assert.deepEqual([failed.decision, failed.step, failed.fix], ['fault', 'forward', 'servers.context7.upstream'])
})

test('a rule of the policy is named: the one that refused, and the one that is only tried out', async (t) => {
  t.after(() => gate.admin.must('DELETE', `/teamspaces/${ACME.slug}/policy`))
  await gate.admin.setPolicy(ACME.slug, {
    default: 'allow members',
    rules: [
      { name: 'no live', effect: 'deny', tools: ['deploy'], when: 'args.to == "live"' },
      { name: 'no deploys', effect: 'deny', tools: ['deploy'], dryRun: true },
    ],
  })
  const deploy = (to: string) =>
    explained(ada, {
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'deploy', arguments: { to } },
      }),
    })

  const refused = await deploy('live')
  assert.deepEqual(
    [refused.step, refused.rule, refused.detail],
    ['authorize', 'call_forbidden', { by: 'rule no live' }],
  )
  assert.equal(refused.fix, 'change the rule that is named here: sallyport policy set')

  const passed = await deploy('test')
  assert.deepEqual([passed.decision, passed.rule, passed.dryRun], ['allowed', 'default', 'denied by rule no deploys'])
  assert.ok(sayDecision(passed).includes('dry run    denied by rule no deploys'))
})

test('X-50 credentials that were sent in the wrong place are not in what is explained', async () => {
  const secret = `mcpt_${'s'.repeat(43)}`
  const views = [
    await explained(ada, { url: `${gate.publicUrl}/x/${secret}` }),
    await explained(ada, { headers: { 'mcp-method': ada } }),
    await explained(ada, { headers: { 'mcp-session-id': secret } }),
    await explained(`${ada}x`),
  ]
  for (const view of views) {
    const text = JSON.stringify(view)
    for (const part of [secret, ...ada.split('.')]) assert.ok(!text.includes(part), text)
  }
})

test('only the operator may ask, and what is no call of ours is not found', async () => {
  const { adminUrl, operatorToken } = gate.sallyport
  const ask = (id: string, token: string) =>
    fetch(`${adminUrl}/api/v1/decisions/${id}`, { headers: { authorization: `Bearer ${token}` } })
  const unknown = '01900000-0000-7000-8000-000000000001'
  assert.equal((await ask(unknown, ada)).status, 401)
  for (const id of [unknown, 'x', '%00', `${unknown}'`]) assert.equal((await ask(id, operatorToken)).status, 404)
})

test('explain reads well in 80 columns', async () => {
  const view = await explained(await gate.tokenFor(ACME.dev.email))
  const lines = sayDecision(view)
  assert.deepEqual(lines.slice(0, 2), [
    'Denied at admit: member_unknown',
    'The user is not provisioned in this teamspace',
  ])
  assert.ok(lines.includes('fix        sallyport member add'))
  const long = sayDecision({ ...view, presented: `${'word '.repeat(60)}${'x'.repeat(200)}`, fix: 'a\u001b[2J\nDenied' })
  for (const line of [...lines, ...long]) {
    assert.ok(line.length <= 80, line)
    assert.doesNotMatch(line, /[\u0000-\u001f]/)
  }
  const { status: _, ...unfinished } = view
  assert.match(sayDecision({ ...unfinished, isFinished: false }).at(-1)!, /Only its beginning is recorded/)
})

test('B-27 a running Sallyport lets its audit trail be verified and exported, in pages and as a stream', async () => {
  await Promise.all(Array.from({ length: 600 }, () => explained(undefined)))
  const client = createHttpAdminClient(gate.sallyport, fetch)
  const chains = await verifyChains(client, { teamspace: undefined, expect: [] })
  assert.ok(
    chains.every(({ isWhole }) => isWhole),
    JSON.stringify(chains),
  )
  const rows = chains.reduce((sum, chain) => sum + chain.rows, 0)
  assert.ok(rows > 600)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of await client.download('/audit/export?all=true'))
    text += decoder.decode(chunk, { stream: true })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; hash: string })
  assert.equal(lines.length, rows)
  await assert.rejects(client.download('/audit/export'), /either a teamspace, or all=true/)
  const left = (await client.download('/audit/export?all=true')).getReader()
  await left.read()
  await left.cancel() // whoever goes away early keeps nothing open
})
