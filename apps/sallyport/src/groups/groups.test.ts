import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { VerifiedToken } from '@sallyport/verifier'
import { ACME } from '../../../../test/support/gate.ts'
import type { ConnectionRecord, EntraGroupSource } from '../connections/connection.ts'
import { GateFault } from '../outcome/fault.ts'
import type { UsableMcpToken } from '../tokens/mcp-token-lookup.ts'
import { CHLOE, PETRA, groupIdOf, idsOf, startEntraWorld } from '../../../../test/support/entra-groups.ts'
import type { EntraWorld } from '../../../../test/support/entra-groups.ts'
import { createGroups } from './groups.ts'

let world: EntraWorld
before(async () => {
  world = await startEntraWorld()
})
after(() => world.close())
beforeEach(() => world.reset())

interface Known {
  readonly connections?: readonly ConnectionRecord[] | Error
  readonly mcpTokens?: Readonly<Record<string, UsableMcpToken>>
}

/** The groups over look-ups that know what a test says. */
function groupsOver(known: Known = {}) {
  const { clouds, clock, connection } = world
  const { connections = [connection], mcpTokens = {} } = known
  const groups = createGroups({
    connections: {
      listOfTeamspace: () => (connections instanceof Error ? Promise.reject(connections) : connections),
    },
    mcpTokens: { findUsable: (id) => Promise.resolve(mcpTokens[id]) },
    clouds,
    fetch,
    now: clock.now,
    ttlSeconds: 300,
  })
  return { ...groups, of: async (proof: VerifiedToken) => idsOf(await groups.groupsOf(proof)) }
}

const OIDC: ConnectionRecord = {
  kind: 'oidc',
  id: 'connection-2',
  teamspaceId: 'acme-1',
  issuer: 'https://id.acme.example',
  audience: 'https://mcp.example/mcp',
  requiredScope: null,
  allowedClients: [],
  createdAt: 0,
  updatedAt: 0,
}

const proven = {
  teamspaceId: 'acme-1',
  issuer: 'https://id.acme.example',
  audience: 'https://mcp.example/mcp',
  subject: 'anna',
  scopes: [],
  expiresAtSeconds: Infinity,
}
const oidcProof = (claims: object): VerifiedToken<'oidc'> => ({ ...proven, kind: 'oidc', claims: { ...claims } })
const mcpTokenProof = (id: string): VerifiedToken<'token'> => ({ ...proven, kind: 'token', tokenId: id, claims: {} })

const CHLOES = [groupIdOf(1), groupIdOf(2), groupIdOf(4)]
const NEW_GROUP = groupIdOf(3)

/** What the token says, the connection's setting, and what comes of it: ids, unknown or a fault, and whether Graph is asked. */
interface Case {
  readonly token: 'listed' | 'overage' | 'silent'
  readonly source: EntraGroupSource | undefined
  readonly has?: 'no client' | 'no permission'
  readonly expected: 'of the token' | 'of Graph' | 'unknown' | 'fault'
}

const CASES: readonly Case[] = [
  { token: 'listed', source: undefined, expected: 'of the token' },
  { token: 'listed', source: 'token-then-graph', expected: 'of the token' },
  { token: 'listed', source: 'token', expected: 'of the token' },
  { token: 'listed', source: 'graph', expected: 'of Graph' },
  { token: 'overage', source: undefined, expected: 'of Graph' },
  { token: 'overage', source: 'token-then-graph', expected: 'of Graph' },
  { token: 'overage', source: 'token', expected: 'unknown' },
  { token: 'overage', source: 'graph', expected: 'of Graph' },
  { token: 'silent', source: undefined, expected: 'of Graph' },
  { token: 'silent', source: 'token', expected: 'unknown' },
  { token: 'silent', source: 'graph', expected: 'of Graph' },
  { token: 'listed', source: undefined, has: 'no client', expected: 'of the token' },
  { token: 'overage', source: undefined, has: 'no client', expected: 'unknown' },
  { token: 'silent', source: undefined, has: 'no client', expected: 'unknown' },
  { token: 'listed', source: undefined, has: 'no permission', expected: 'of the token' },
  { token: 'overage', source: undefined, has: 'no permission', expected: 'fault' },
  { token: 'silent', source: undefined, has: 'no permission', expected: 'fault' },
  { token: 'listed', source: 'graph', has: 'no permission', expected: 'fault' },
]

for (const { token, source, has = 'a client', expected } of CASES) {
  const named = `${token} in the token, groups: ${source ?? 'unset'}, ${has}`
  test(`M-20 M-21 M-23 of an Entra caller, ${named}: ${expected}`, async () => {
    if (token === 'silent') world.tenant.apps[1]!.groupMembershipClaims = 'None'
    if (has === 'no permission') world.permit()
    const { onBehalfOf, ...alone } = world.connection
    const connection = { ...alone, ...(has !== 'no client' && { onBehalfOf }), ...(source && { groups: source }) }
    const proof = await world.proofOf(token === 'overage' ? PETRA.email : CHLOE.email)
    world.tenant.groups[2]!.members.push(CHLOE.oid, PETRA.oid) // only Graph knows of it
    const asked = groupsOver({ connections: [connection as ConnectionRecord] }).of(proof)
    if (expected === 'fault') {
      await assert.rejects(asked, { code: 'groups_unavailable' })
      return
    }
    const answer = await asked
    if (expected === 'unknown') assert.equal(answer, 'unknown')
    else if (expected === 'of the token') assert.deepEqual(answer, CHLOES)
    else assert.ok(answer.includes(NEW_GROUP), String(answer))
    assert.equal(world.graphRequests().length, expected === 'of Graph' ? 1 : 0)
  })
}

test('M-21 an endpoint that a token names is never called', async () => {
  const proof = await world.proofOf(PETRA.email)
  assert.ok('_claim_sources' in proof.claims)
  const endpoint = `${world.emulator.url}/trap`
  const trap = { ...proof, claims: { ...proof.claims, _claim_sources: { src1: { endpoint } } } }
  assert.equal((await groupsOver().of(trap)).length, 240)
  assert.ok(!world.emulator.requests.some(({ path }) => path === '/trap'))
})

test('M-21 an application that calls for itself is asked about as one', async () => {
  world.permit('Application.Read.All')
  const proof = await world.proofOfJob()
  assert.ok(proof.appOnly)
  world.tenant.groups[1]!.members.push(proof.subject)
  assert.deepEqual(await groupsOver().of(proof), CHLOES)
})

test('what an Entra token says is read once while the token is remembered', async () => {
  const groups = groupsOver()
  const proof = await world.proofOf(CHLOE.email)
  assert.equal(await groups.groupsOf(proof), await groups.groupsOf(proof))
  assert.ok(!(groups.groupsOf(proof) instanceof Promise), 'a call whose token says it waits for nothing')
})

test('a connection that vouches for others by now, or is gone, says nothing of a caller', async () => {
  const proof = await world.proofOf(CHLOE.email)
  const changed = { ...world.connection, tenantId: ACME.tenantId.replace('1', '2') }
  for (const connections of [[], [changed], [OIDC]]) {
    assert.equal(await groupsOver({ connections }).of(proof), 'unknown')
  }
  const elsewhere = { ...OIDC, issuer: 'https://other.example' } as ConnectionRecord
  assert.equal(await groupsOver({ connections: [elsewhere] }).of(oidcProof({ groups: ['staff'] })), 'unknown')
})

test('of an OIDC caller the claim says it, under the name that the connection gives it', async () => {
  const groups = groupsOver({ connections: [OIDC] })
  assert.deepEqual(await groups.of(oidcProof({ groups: ['staff', 'Staff'] })), ['Staff', 'staff'])
  assert.equal(await groups.of(oidcProof({ roles: ['staff'] })), 'unknown')
  const named = groupsOver({ connections: [{ ...OIDC, groupsClaim: 'roles' } as ConnectionRecord] })
  assert.deepEqual(await named.of(oidcProof({ roles: 'staff', groups: ['admins'] })), ['staff'])
  assert.equal(await named.of(oidcProof({ groups: ['admins'] })), 'unknown')
})

test('of a workload the cluster says it', async () => {
  const proof: VerifiedToken<'kubernetes'> = {
    ...proven,
    kind: 'kubernetes',
    cluster: 'east',
    groups: ['system:serviceaccounts'],
    claims: {},
  }
  assert.deepEqual(await groupsOver().of(proof), ['system:serviceaccounts'])
})

test('M-23 a token of the teamspace is in no group; of one that a member holds nobody knows, nor of one that is gone', async () => {
  const usable = { teamspaceId: 'acme-1', name: 'x', role: 'developer', replaced: [] } as const
  const mcpTokens = { own: { ...usable, id: 'own' }, held: { ...usable, id: 'held', memberId: 'anna' } }
  const groups = groupsOver({ mcpTokens })
  assert.deepEqual(await groups.of(mcpTokenProof('own')), [])
  assert.equal(await groups.of(mcpTokenProof('held')), 'unknown')
  assert.equal(await groups.of(mcpTokenProof('gone')), 'unknown')
})

test('M-23 a database that cannot say which connection it is leaves nobody without groups', async () => {
  const groups = groupsOver({ connections: new Error('down') })
  await assert.rejects(
    groups.of(oidcProof({})),
    (error) => error instanceof GateFault && error.code === 'store_unavailable',
  )
})
