import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { challengeOf, expectAllowed, expectFault, expectRefusal } from '../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  findings: { path: /findings/mcp, upstream: '${upstream}', auth: [EntraJwt, Token], outbound: { kind: none } }
  other: { path: /other/mcp, upstream: '${upstream}', auth: [EntraJwt, Token], outbound: { kind: none } }
`
const SETTINGS = `scopeHierarchy: { findings.admin: [findings.write], findings.write: [findings.read] }
`
const HIDDEN = { status: 200, code: 'tool_unknown' }
const FORBIDDEN = { status: 403, code: 'call_forbidden' }

const clock = testClock()
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: SERVERS, settings: SETTINGS })))
after(() => gate.close())

const decree = (policy?: Policy, slug = 'acme') => gate.admin.setPolicy(slug, policy)
beforeEach(() => decree())

interface Ask {
  readonly scp?: string
  readonly groups?: readonly string[]
  readonly oid?: string
  readonly token?: string
  readonly server?: string
}

const message = (method: string, params: object) => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })
function send(body: string, { scp = 'Mcp.Gateway.Access', groups, oid, token, server = 'findings' }: Ask = {}) {
  const claims = userClaims(gate, clock.seconds, { scp, ...(groups && { groups }), ...(oid && { oid }) })
  return async () => {
    const accessToken = token ?? (await gate.emulator.signToken(ACME.tenantId, claims))
    return gate.call(accessToken, { url: `${gate.publicUrl}/${server}/mcp`, body })
  }
}
const callTool = (name: string, args: object = {}, ask?: Ask) =>
  send(message('tools/call', { name, arguments: args }), ask)
const lastDecision = async () => {
  await gate.sallyport.flushAudit()
  return (await gate.admin.must('GET', '/audit?limit=1')).events[0]
}

describe('rules of a teamspace at calls', () => {
  test('a tool that a rule denies answers as one that is not there, and the trail names the rule', async () => {
    await decree({ default: 'allow members', rules: [{ name: 'no export', effect: 'deny', tools: ['export_*'] }] })
    const { body } = await expectRefusal(gate, callTool('export_findings'), HIDDEN)
    const { jsonrpc, id, error } = JSON.parse(body)
    assert.deepEqual([jsonrpc, id, error.code, error.message], ['2.0', 7, -32602, 'Unknown tool: export_findings'])
    const { decision, rule, detail } = await lastDecision()
    assert.deepEqual(
      [decision, rule, detail.by, detail.target],
      ['denied', 'tool_unknown', 'rule no export', 'export_findings'],
    )
    await expectAllowed(gate, callTool('list_findings'))
    assert.equal((await lastDecision()).rule, 'default')
  })

  test('a rule about arguments forbids the call and leaves the tool', async () => {
    const when = '!has(args.repo) || args.repo.startsWith("secret/")'
    await decree({
      default: 'allow members',
      rules: [{ name: 'secret repos', effect: 'deny', tools: ['get_*'], when }],
    })
    const { body } = await expectRefusal(gate, callTool('get_finding', { repo: 'secret/x' }), FORBIDDEN)
    assert.ok(!body.includes('secret repos'), 'the caller gets the code and no more')
    await expectRefusal(gate, callTool('get_finding', {}), FORBIDDEN)
    await expectAllowed(gate, callTool('get_finding', { repo: 'open/x' }))
    await expectRefusal(gate, callTool('get_finding', { repo: 1 }), FORBIDDEN)
    assert.match((await lastDecision()).detail.detail, /no matching overload/, 'a condition that cannot be told denies')
  })

  test('where the default is deny, only what a rule allows passes, and every session can begin', async () => {
    await decree({ default: 'deny', rules: [{ name: 'reading', effect: 'allow', tools: ['list_*'] }] })
    await expectAllowed(gate, callTool('list_findings'))
    await expectRefusal(gate, callTool('rescan'), HIDDEN)
    await expectRefusal(gate, callTool('List_findings'), HIDDEN)
    await expectRefusal(gate, send(message('prompts/get', { name: 'p' })), { status: 200, code: 'prompt_unknown' })
    await expectRefusal(gate, send(message('resources/read', { uri: 'a:b' })), {
      status: 200,
      code: 'resource_unknown',
    })
    await expectRefusal(gate, send(message('x/unheard', {})), FORBIDDEN)
    for (const method of ['initialize', 'ping', 'tools/list', 'prompts/list', 'resources/list', 'logging/setLevel'])
      await expectAllowed(gate, send(message(method, {})))
  })

  test('a rule holds where it says: another server, another teamspace and other members are not concerned', async () => {
    const rules: Policy['rules'] = [
      { name: 'a', effect: 'deny', servers: ['find*'], tools: ['*'], who: { roles: ['developer'] } },
    ]
    await decree({ default: 'allow members', rules }, GLOBEX.slug)
    await expectAllowed(gate, callTool('rescan'))
    await decree({ default: 'allow members', rules })
    await expectRefusal(gate, callTool('rescan'), HIDDEN)
    await expectAllowed(gate, callTool('rescan', {}, { server: 'other' }))
    await decree(undefined, GLOBEX.slug)
  })

  test('step-up: a missing scope is 403 insufficient_scope with all that the call needs', async () => {
    await decree({
      default: 'allow members',
      rules: [
        { name: 'writing', effect: 'deny', tools: ['rescan'], unless: { scopes: ['findings.write', 'findings.read'] } },
      ],
    })
    const refusal = await expectRefusal(gate, callTool('rescan'), { status: 403, code: 'scope_insufficient' })
    const { scope } = challengeOf(refusal)
    const asked = ['Mcp.Gateway.Access', 'findings.write', 'findings.read']
    assert.equal(scope, asked.map((each) => `api://${ACME.gatewayClientId}/${each}`).join(' '))
    assert.equal((await lastDecision()).detail.detail, 'rule writing')
    await expectAllowed(gate, callTool('rescan', {}, { scp: 'Mcp.Gateway.Access findings.write' })) // implies the other
    await expectAllowed(gate, callTool('rescan', {}, { scp: 'Mcp.Gateway.Access findings.admin' }))
    await expectRefusal(gate, callTool('rescan', {}, { scp: 'Mcp.Gateway.Access findings.read' }), {
      status: 403,
      code: 'scope_insufficient',
    })
  })

  test('askForAllScopes has every challenge and the metadata ask for the scopes of the policy at once', async () => {
    await decree({
      default: 'deny',
      askForAllScopes: true,
      rules: [{ name: 'writing', effect: 'allow', tools: ['rescan'], who: { scopes: ['findings.write'] } }],
    })
    const all = ['Mcp.Gateway.Access', 'findings.write'].map((scope) => `api://${ACME.gatewayClientId}/${scope}`)
    const url = `${gate.publicUrl}/findings/mcp`
    const missing = await expectRefusal(gate, () => gate.call(undefined, { url }), { status: 401 })
    const challenge = challengeOf(missing)
    assert.equal(challenge['scope'], all.join(' '))
    const metadata = (await (await fetch(challenge['resource_metadata']!)).json()) as { scopes_supported: unknown }
    assert.deepEqual(metadata.scopes_supported, all)
  })

  test('B-04 groups of the token decide; where nobody can say which they are, a rule that allows one does not', async () => {
    const group = 'aaaaaaaa-00aa-4000-8000-000000000001'
    const stranger = 'aaaaaaaa-00aa-4000-8000-000000000002'
    await decree({
      default: 'deny',
      rules: [{ name: 'engineers', effect: 'allow', tools: ['rescan'], who: { groups: [group] } }],
    })
    await expectAllowed(gate, callTool('rescan', {}, { groups: [stranger, group] }))
    await expectRefusal(gate, callTool('rescan', {}, { groups: [stranger] }), HIDDEN)
  })

  test('M-23 a caller whose groups Graph should know is neither let in nor refused while it cannot be asked', async () => {
    await decree({
      default: 'allow members',
      rules: [{ name: 'not them', effect: 'deny', tools: ['rescan'], who: { groups: ['g'] } }],
    })
    gate.emulator.setFault({ path: 'graph', kind: 'drop' })
    await expectFault(gate, callTool('rescan', {}, { oid: ACME.ben.oid }), 'groups_unavailable')
    gate.emulator.setFault(undefined)
  })

  test('dry run: recorded, not enforced', async () => {
    await decree({
      default: 'allow members',
      rules: [{ name: 'planned', effect: 'deny', tools: ['rescan'], dryRun: true }],
    })
    await expectAllowed(gate, callTool('rescan'))
    const { decision, dryRun } = await lastDecision()
    assert.deepEqual([decision, dryRun], ['allowed', 'denied by rule planned'])
    await expectAllowed(gate, callTool('list_findings'))
    assert.equal((await lastDecision()).dryRun, undefined)
  })

  test('X-42 every message of a batch is judged, and one that may not pass keeps back all', async () => {
    await decree({ default: 'allow members', rules: [{ name: 'no', effect: 'deny', tools: ['rescan'] }] })
    const call = (id: number, name: string) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })
    const batch = (...names: string[]) => send(JSON.stringify(names.map((name, id) => call(id, name))))
    await expectAllowed(gate, batch('a', 'b'))
    await expectRefusal(gate, batch('a', 'rescan'), HIDDEN)
    await expectRefusal(gate, batch('rescan', 'a', 'b'), HIDDEN)
  })

  test('a policy takes effect with the next call, and so does its removal', async () => {
    await expectAllowed(gate, callTool('rescan'))
    await decree({ default: 'deny', rules: [] })
    await expectRefusal(gate, callTool('rescan'), HIDDEN)
    await decree()
    await expectAllowed(gate, callTool('rescan'))
  })
})

describe('B-07 what an MCP token was minted for', () => {
  const mint = async (more: object) =>
    (await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: `t${Math.random()}`, ...more }))
      .token as string

  test('other tools are 403 insufficient_scope with what would have been enough, whether they exist or not', async () => {
    const token = await mint({ tool_scopes: ['tool:list_findings'] })
    await expectAllowed(gate, callTool('list_findings', {}, { token }))
    for (const name of ['rescan', 'never_heard_of', 'List_findings']) {
      const refusal = await expectRefusal(gate, callTool(name, {}, { token }), {
        status: 403,
        code: 'token_scope_insufficient',
      })
      assert.equal(challengeOf(refusal)['scope'], `tool:${name}`)
    }
    await expectAllowed(gate, send(message('tools/list', {}), { token }))
  })

  test('the rules of the teamspace hold for tokens too, for those of a member as for the member', async () => {
    const token = await mint({ tool_scopes: ['tools:*'] })
    await decree({ default: 'allow members', rules: [{ name: 'no', effect: 'deny', tools: ['rescan'] }] })
    await expectRefusal(gate, callTool('rescan', {}, { token }), HIDDEN)
    await decree({
      default: 'allow members',
      rules: [{ name: 'no tokens', effect: 'deny', tools: ['rescan'], who: { tokens: ['*'] } }],
    })
    await expectRefusal(gate, callTool('rescan', {}, { token }), HIDDEN)
    await expectAllowed(gate, callTool('rescan'))
  })

  test('a token that a step-up could never help is not asked for scopes', async () => {
    const token = await mint({})
    await decree({
      default: 'allow members',
      rules: [{ name: 'w', effect: 'deny', tools: ['rescan'], unless: { scopes: ['findings.write'] } }],
    })
    await expectRefusal(gate, callTool('rescan', {}, { token }), HIDDEN)
  })
})
