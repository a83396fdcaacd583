import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Policy } from '../../../apps/sallyport/src/policies/policy.ts'
import { groupIdOf } from '../../support/entra-groups.ts'
import { message, toolCall } from './entry.ts'
import type { Entry } from './entry.ts'
import { inForce } from './rule-entries.ts'
import { GLOBEX } from '../../support/gate.ts'
import { AUDIENCE_OF_WORKLOADS } from './world.ts'
import type { World } from './world.ts'

const SOON = { 'retry-after': '5' }
const DATABASE = 'the database has to answer'

const withoutTable =
  (table: string) =>
  ({ withoutTable: take }: World) =>
    take(table)

const BUILDERS: Policy = {
  default: 'allow members',
  rules: [{ name: 'builders', effect: 'deny', tools: ['build'], who: { groups: [groupIdOf(1)] } }],
}
const HIDING: Policy = { default: 'allow members', rules: [{ name: 'hidden', effect: 'deny', tools: ['hidden'] }] }

/** What the gate needs and does not get: nobody is refused for it. */
const UNAVAILABLE: readonly Entry[] = [
  {
    code: 'keys_unavailable',
    arrange: async ({ network }) => {
      network.isDown = true
      return () => (network.isDown = false)
    },
    send: async ({ send, signForGlobex }) => send('tools', await signForGlobex()),
    status: 503,
    headers: SOON,
    step: 'authenticate',
    detail: ({ emulator }) => ({
      detail: `No keys from ${emulator.url}/${GLOBEX.tenantId}/discovery/v2.0/keys: the fetch failed`,
    }),
    fix: 'the issuer has to answer; allowPrivateIssuers when it is a private one',
  },
  {
    code: 'connections_unavailable',
    arrange: withoutTable('connection'),
    send: async ({ send, sign }) => send('tools', await sign({ aud: randomUUID() })),
    status: 503,
    headers: SOON,
    step: 'authenticate',
    detail: () => ({ detail: 'connections could not be read' }),
    fix: DATABASE,
  },
  {
    code: 'review_unavailable',
    send: ({ send, forge }) =>
      send('workloads', forge({ iss: 'https://kubernetes.default.svc', aud: [AUDIENCE_OF_WORKLOADS] })),
    status: 503,
    server: 'workloads',
    headers: SOON,
    step: 'authenticate',
    detail: () => ({
      detail: 'No TokenReview from cluster lost: the API server could not be asked: connect ECONNREFUSED 127.0.0.1:1',
    }),
    fix: 'clusters.NAME, and system:auth-delegator for our service account',
  },
  {
    code: 'store_unavailable',
    when: 'for the teamspace of the path',
    arrange: withoutTable('teamspace'),
    send: ({ send, ada, publicUrl }) => send('tools', ada, { url: `${publicUrl}/t/unseen/tools/mcp` }),
    status: 503,
    server: 'none',
    headers: { 'retry-after': '2' },
    step: 'route',
    detail: () => ({ detail: 'the teamspace could not be looked up' }),
    fix: DATABASE,
  },
  {
    code: 'store_unavailable',
    when: 'for membership',
    arrange: withoutTable('identity'),
    send: async ({ send, sign }) => send('tools', await sign({ oid: randomUUID() })),
    status: 503,
    headers: { 'retry-after': '2' },
    step: 'admit',
    detail: () => ({ detail: 'membership could not be looked up' }),
    fix: DATABASE,
  },
  {
    code: 'store_unavailable',
    when: 'for the policy',
    arrange: async (world) => {
      const undo = await inForce(HIDING)(world)
      const restore = await world.withoutTable('policy')
      return async () => {
        await restore()
        await undo()
      }
    },
    send: ({ send, ada }) => send('tools', ada),
    status: 503,
    headers: { 'retry-after': '2' },
    step: 'authorize',
    detail: () => ({ detail: 'the policy could not be looked up' }),
    fix: DATABASE,
  },
  {
    code: 'groups_unavailable',
    arrange: async (world) => {
      const undo = await inForce(BUILDERS)(world)
      world.emulator.setFault({ path: 'graph', kind: 'status', status: 503 })
      return () => {
        world.emulator.setFault(undefined)
        return undo()
      }
    },
    send: async ({ send, sign }) => send('tools', await sign({ hasgroups: true }), { body: toolCall('build') }),
    status: 503,
    headers: { 'retry-after': '3' },
    step: 'authorize',
    detail: () => ({ status: 503, graph: 'serviceNotAvailable', hint: 'Microsoft Graph is failing.' }),
    fix: 'Microsoft Graph has to answer; GroupMember.Read.All of the gateway client',
  },
  {
    code: 'gate_busy',
    arrange: ({ holdBody, ada }) => holdBody(ada, 700_000),
    send: ({ send, ben }) =>
      send('tools', ben, { body: toolCall('add', { arguments: { text: 'x'.repeat(700_000) } }) }),
    status: 503,
    headers: { 'retry-after': '1' },
    step: 'read',
    detail: () => ({ detail: 'arriving messages fill the memory' }),
    fix: 'limits.heldBytes',
  },
  {
    code: 'internal',
    arrange: async ({ breakClock }) => breakClock(),
    send: ({ send, ada }) => send('tools', ada),
    status: 500,
    step: 'authenticate',
    fix: 'the log has it under the request id',
  },
]

const answering =
  (answer: (response: ServerResponse) => void) =>
  async ({ upstream }: World) => {
    upstream.answerWith((_seen, response) => answer(response))
    return () => void upstream.answerWith()
  }

/** A list that has to be filtered, in these words. */
const listing = (body: string) => async (world: World) => {
  const undo = await inForce(HIDING)(world)
  const answerAgain = await answering((response) => response.setHeader('content-type', 'application/json').end(body))(
    world,
  )
  return () => {
    answerAgain()
    return undo()
  }
}

const refusing = answering((response) =>
  response.writeHead(401, { 'www-authenticate': 'Bearer resource_metadata="https://elsewhere.example"' }).end(),
)

/** What the server behind does not do. */
const UPSTREAM: readonly Entry[] = [
  {
    code: 'upstream_unreachable',
    send: ({ send, ada }) => send('gone', ada),
    status: 502,
    server: 'gone',
    step: 'forward',
    detail: () => ({ detail: 'ECONNREFUSED' }),
    fix: 'servers.gone.upstream',
  },
  {
    code: 'upstream_timeout',
    arrange: answering(() => undefined),
    send: ({ send, ada }) => send('tools', ada),
    status: 504,
    step: 'forward',
    detail: () => ({ detail: 'UND_ERR_HEADERS_TIMEOUT' }),
    fix: 'limits.upstreamHeadersSeconds',
    reaches: 1,
  },
  {
    code: 'upstream_refused_credential',
    when: "the operator's",
    arrange: refusing,
    send: ({ send, ada }) => send('shown', ada),
    status: 502,
    server: 'shown',
    step: 'forward',
    detail: () => ({ detail: 'the server answered 401' }),
    fix: 'servers.shown.outbound',
    reaches: 1,
  },
  {
    code: 'upstream_refused_credential',
    when: 'an exchanged one, and then a fresh one',
    arrange: refusing,
    send: async ({ send, sign }) => send('exchanged', await sign({ uti: randomUUID() })),
    status: 502,
    server: 'exchanged',
    step: 'forward',
    detail: () => ({ detail: 'the server answered 401' }),
    fix: 'servers.exchanged.outbound',
    reaches: 2,
  },
  {
    code: 'upstream_busy',
    arrange: async ({ holdStreams, ben, mint }) => holdStreams([ben, ben, await mint()]),
    send: ({ send, ada }) => send('tools', ada, { body: message('ping') }),
    status: 503,
    headers: { 'retry-after': '1' },
    step: 'forward',
    detail: () => ({ detail: 'all connections to tools are taken' }),
    fix: 'limits.upstreamConnections',
  },
  {
    code: 'upstream_answer_too_large',
    arrange: listing(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'x'.repeat(2048) }] } })),
    send: ({ send, ada }) => send('tools', ada),
    status: 502,
    step: 'forward',
    detail: () => ({ detail: 'a list of the server is too long' }),
    fix: 'limits.listBytes',
    reaches: 1,
  },
  {
    code: 'upstream_answer_unreadable',
    arrange: listing('{"jsonrpc":"2.0","id":1,"result":{"tools":[],"tools":[]}}'),
    send: ({ send, ada }) => send('tools', ada),
    status: 502,
    step: 'forward',
    detail: () => ({ detail: 'a list of the server cannot be read: repeated member name' }),
    fix: 'the server has to answer lists in unambiguous JSON',
    reaches: 1,
  },
]

export const FAULTS: readonly Entry[] = [...UNAVAILABLE, ...UPSTREAM]

export const UNRECORDED: readonly Entry[] = [
  {
    code: 'audit_unavailable',
    when: 'for a call that would have passed',
    arrange: withoutTable('audit'),
    send: ({ send, ada }) => send('tools', ada),
    status: 503,
    headers: { 'retry-after': '2' },
    step: 'forward',
    fix: 'the database has to take rows; audit.mode',
  },
  {
    code: 'audit_unavailable',
    when: 'for a refusal',
    arrange: withoutTable('audit'),
    send: ({ send }) => send('tools', undefined),
    status: 503,
    headers: { 'retry-after': '2' },
    step: 'authenticate',
    fix: 'the database has to take rows; audit.mode',
  },
]
