import type { Policy } from '../../../apps/sallyport/src/policies/policy.ts'
import { message, toolCall } from './entry.ts'
import type { Entry } from './entry.ts'
import { signIn, signInOf } from './outer-door-entries.ts'
import { ACME } from '../../support/gate.ts'
import type { World } from './world.ts'

const POLICY: Policy = {
  default: 'allow members',
  rules: [
    { name: 'no drops', effect: 'deny', tools: ['drop'] },
    { name: 'no secret prompts', effect: 'deny', prompts: ['secret'] },
    { name: 'no system files', effect: 'deny', resources: ['file:///etc/*'] },
    { name: 'not to live', effect: 'deny', tools: ['deploy'], when: 'args.to == "live"' },
    { name: 'publishers', effect: 'deny', tools: ['publish'], unless: { scopes: ['tools.publish'] } },
  ],
}

export const inForce =
  (policy: Policy) =>
  async ({ admin }: World) => {
    await admin.setPolicy(ACME.slug, policy)
    return () => admin.setPolicy(ACME.slug)
  }

/** Refusals of known callers by what their servers, teamspaces and tokens say, and of whoever calls too often. */
export const RULES: readonly Entry[] = [
  {
    code: 'scope_insufficient',
    when: "the server's",
    send: ({ send, ada }) => send('scoped', ada, { body: message('ping') }),
    status: 403,
    server: 'scoped',
    challenge: (world) => ({
      ...signInOf('scoped')(world),
      scope: `${signIn(world).scope} api://${ACME.gatewayClientId}/tools.write`,
      error: 'insufficient_scope',
    }),
    step: 'authorize',
    detail: () => ({ required: ['tools.write'], presented: ['Mcp.Gateway.Access'] }),
    fix: 'servers.scoped.scopes, the scope of the connection, or the rule that is named here',
  },
  {
    code: 'scope_insufficient',
    when: "a rule's",
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('publish') }),
    status: 403,
    challenge: (world) => ({
      ...signIn(world),
      scope: `${signIn(world).scope} api://${ACME.gatewayClientId}/tools.publish`,
      error: 'insufficient_scope',
    }),
    step: 'authorize',
    detail: () => ({ required: ['tools.publish'], presented: ['Mcp.Gateway.Access'], detail: 'rule publishers' }),
    fix: 'servers.tools.scopes, the scope of the connection, or the rule that is named here',
  },
  {
    code: 'app_role_missing',
    send: async ({ send, sign }) => send('assigned', await sign({ roles: ['Some.Role'] })),
    status: 403,
    server: 'assigned',
    error: 'access_denied',
    step: 'authorize',
    detail: () => ({ required: ['Mcp.Tool.Executor'], presented: ['Some.Role'] }),
    fix: 'assign the app role in Entra, or change servers.assigned.appRoles',
  },
  {
    code: 'role_insufficient',
    send: ({ send, ada }) => send('owned', ada),
    status: 403,
    server: 'owned',
    challenge: (world) => ({ ...signInOf('owned')(world), error: 'insufficient_scope' }),
    step: 'authorize',
    detail: () => ({ required: ['owner'], presented: 'developer' }),
    fix: 'servers.owned.roles',
  },
  {
    code: 'token_scope_insufficient',
    send: async ({ send, mint }) =>
      send('tools', await mint({ tool_scopes: ['tool:add'] }), { body: toolCall('drop') }),
    status: 403,
    challenge: (world) => ({ ...signIn(world), scope: 'tool:drop', error: 'insufficient_scope' }),
    step: 'authorize',
    detail: () => ({ required: ['tool:drop'], presented: ['tool:add'] }),
    fix: 'sallyport token mint --scope',
  },
  {
    code: 'tool_unknown',
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('drop') }),
    status: 200,
    rpc: { code: -32602, id: 7, target: 'drop' },
    step: 'authorize',
    detail: () => ({ target: 'drop', by: 'rule no drops' }),
    fix: 'a rule of the policy that allows the tool',
  },
  {
    code: 'tool_unknown',
    when: 'that was never listed',
    arrange: async (world) => {
      const undo = await inForce(POLICY)(world)
      world.upstream.answerWith((_seen, response) => {
        const result = { tools: [{ name: 'deploy' }] }
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))
      })
      await (await world.send('listed', world.ada)).text()
      world.upstream.answerWith()
      return undo
    },
    send: ({ send, ada }) => send('listed', ada, { body: toolCall('invented') }),
    status: 200,
    server: 'listed',
    rpc: { code: -32602, id: 7, target: 'invented' },
    step: 'authorize',
    detail: () => ({ target: 'invented', detail: 'not in the list of tools that listed has given' }),
    fix: 'a rule of the policy that allows the tool',
  },
  {
    code: 'prompt_unknown',
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: message('prompts/get', { name: 'secret' }) }),
    status: 200,
    rpc: { code: -32602, id: 7, target: 'secret' },
    step: 'authorize',
    detail: () => ({ target: 'secret', by: 'rule no secret prompts' }),
    fix: 'a rule of the policy that allows it',
  },
  {
    code: 'resource_unknown',
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: message('resources/read', { uri: 'file:///etc/passwd' }) }),
    status: 200,
    rpc: { code: -32602, id: 7, target: 'file:///etc/passwd' },
    step: 'authorize',
    detail: () => ({ target: 'file:///etc/passwd', by: 'rule no system files' }),
    fix: 'a rule of the policy that allows it',
  },
  {
    code: 'call_forbidden',
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('deploy', { arguments: { to: 'live' } }) }),
    status: 403,
    rpc: { code: -32600, id: 7 },
    step: 'authorize',
    detail: () => ({ by: 'rule not to live' }),
    fix: 'change the rule that is named here: sallyport policy set',
  },
  {
    code: 'message_malformed',
    when: 'a call of no tool, which no rule could speak of',
    arrange: inForce(POLICY),
    send: ({ send, ada }) => send('tools', ada, { body: message('tools/call') }),
    status: 400,
    rpc: { code: -32700, id: 7 },
    step: 'authorize',
    detail: () => ({ detail: 'no target' }),
    fix: 'the client sent it so',
  },
  {
    code: 'rate_limited',
    when: 'by what a caller did',
    arrange: async ({ send, ada }) => void (await (await send('tools', ada, { body: toolCall('rare') })).text()),
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('rare') }),
    status: 429,
    rpc: { code: -32010, id: 7 },
    headers: { 'retry-after': '60', 'ratelimit-policy': '"tool";q=1;w=60', ratelimit: '"tool";r=0;t=60' },
    step: 'limit',
    detail: () => ({
      limit: 'tool',
      calls: 1,
      seconds: 60,
      remaining: 0,
      retryAfterSeconds: 60,
      setting: 'servers.tools.toolRates.rare',
    }),
    fix: 'servers.tools.toolRates.rare',
  },
  {
    code: 'rate_limited',
    when: 'by the address',
    arrange: async (world) => void (await (await fromAfar(world)).text()),
    send: (world) => fromAfar(world),
    status: 429,
    server: 'none',
    rpc: { code: -32010, id: null },
    headers: { 'retry-after': '60', 'ratelimit-policy': '"address";q=1;w=60', ratelimit: '"address";r=0;t=60' },
    step: 'throttle',
    detail: () => ({
      limit: 'address',
      calls: 1,
      seconds: 60,
      remaining: 0,
      retryAfterSeconds: 60,
      setting: 'limits.rate.address',
    }),
    fix: 'limits.rate.address',
  },
  {
    code: 'too_many_open_calls',
    arrange: ({ holdStreams, ada }) => holdStreams([ada, ada]),
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('add') }),
    status: 429,
    rpc: { code: -32010, id: 7 },
    headers: {
      'retry-after': '1',
      'ratelimit-policy': '"principal";q=2;qu="concurrent-requests"',
      ratelimit: '"principal";r=0',
    },
    step: 'limit',
    detail: () => ({ limit: 'principal', openCalls: 2, setting: 'limits.openCalls.principal' }),
    fix: 'limits.openCalls.principal',
  },
]

const fromAfar = ({ send, ada }: World) => send('tools', ada, { headers: { 'x-forwarded-for': '198.51.100.7' } })
