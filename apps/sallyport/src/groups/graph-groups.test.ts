import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GateFault } from '../outcome/fault.ts'
import { CHLOE, NIGHTLY_JOB, PETRA, entraWorld, groupIdOf, idsOf } from '../../../../test/support/entra-groups.ts'
import type { EntraWorld } from '../../../../test/support/entra-groups.ts'
import { createGraphGroups } from './graph-groups.ts'

const TTL = 300

function graphOf({ clouds, clock, connection }: EntraWorld, ttlSeconds = TTL, fetcher = fetch) {
  const graph = createGraphGroups({ clouds, fetch: fetcher, now: clock.now, ttlSeconds })
  return {
    ...graph,
    of: async (objectId: string, kind: 'users' | 'servicePrincipals' = 'users') =>
      idsOf(await graph.groupsOf(connection, kind, objectId)),
  }
}

const faultWith = (expected: { says: RegExp; retryAfterSeconds?: number }) => (error: unknown) => {
  assert.ok(error instanceof GateFault)
  assert.equal(error.code, 'groups_unavailable')
  assert.match(error.message, expected.says)
  assert.equal(error.detail?.hint, error.message)
  if (expected.retryAfterSeconds !== undefined) assert.equal(error.retryAfterSeconds, expected.retryAfterSeconds)
  return true
}

test('M-21 M-25 Graph says all groups, nested ones too, at an address that is made here', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  assert.deepEqual(await graph.of(CHLOE.oid), [groupIdOf(1), groupIdOf(2), groupIdOf(4)])
  const [request] = world.graphRequests()
  assert.equal(request!.path, `/graph/v1.0/users/${CHLOE.oid}/transitiveMemberOf/microsoft.graph.group`)
  assert.deepEqual({ ...request!.query }, { $select: 'id', $count: 'true', $top: '999' })
  assert.equal(request!.headers['consistencylevel'], 'eventual')
  assert.equal((await graph.of(PETRA.oid)).length, 240)
  assert.equal(world.tokenRequests().length, 1, 'one token of the gateway client serves all')
})

test('whoever is in no group at all is known to be in none', async (t) => {
  const world = await entraWorld(t)
  world.tenant.groups = []
  assert.deepEqual(await graphOf(world).of(CHLOE.oid), [])
})

test('M-21 an application is asked for as a service principal, which takes a permission of its own', async (t) => {
  const world = await entraWorld(t)
  world.tenant.groups[1]!.members.push(NIGHTLY_JOB.objectId)
  const graph = graphOf(world)
  await assert.rejects(
    graph.of(NIGHTLY_JOB.objectId, 'servicePrincipals'),
    faultWith({ says: /Application\.Read\.All/ }),
  )
  assert.equal((await graph.of(CHLOE.oid)).length, 3, 'people are not held up by it')
  world.permit('GroupMember.Read.All', 'Application.Read.All')
  world.clock.advance(10)
  const groups = await graph.of(NIGHTLY_JOB.objectId, 'servicePrincipals')
  assert.deepEqual(groups, [groupIdOf(1), groupIdOf(2), groupIdOf(4)])
})

test('a hundred first calls of one person at once ask Graph once, and of a hundred people for one token', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  const answers = await Promise.all(Array.from({ length: 100 }, () => graph.of(CHLOE.oid)))
  assert.equal(new Set(answers.map(String)).size, 1)
  assert.equal(world.graphRequests().length, 1)
  const people = Array.from({ length: 100 }, (_, n) => `dddddddd-0000-4000-8000-${String(n).padStart(12, '0')}`)
  for (const id of people) world.tenant.users.push({ ...world.tenant.users[0]!, id, userPrincipalName: `${id}@x` })
  assert.deepEqual(
    await Promise.all(people.map((id) => graph.of(id))),
    people.map(() => []),
  )
  assert.deepEqual([world.graphRequests().length, world.tokenRequests().length], [101, 1])
})

test('B-04 whoever is taken out of a group is out of it here once the answer has aged, and no later', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  assert.ok((await graph.of(CHLOE.oid)).includes(groupIdOf(2)))
  world.tenant.groups[1]!.members = []
  world.clock.advance(TTL - 1)
  assert.ok((await graph.of(CHLOE.oid)).includes(groupIdOf(2)))
  world.clock.advance(1)
  assert.deepEqual(await graph.of(CHLOE.oid), [])
  const always = graphOf(world, 0)
  world.emulator.clearRequests()
  await always.of(CHLOE.oid)
  await always.of(CHLOE.oid)
  assert.equal(world.graphRequests().length, 2, 'with 0 seconds Graph is asked each time')
})

test('the age of an answer counts from the question: a slow Graph makes no answer younger', async (t) => {
  const world = await entraWorld(t)
  const slow: typeof fetch = async (...request) => {
    const answer = await fetch(...request)
    if (String(request[0]).includes('/graph/')) world.clock.advance(4)
    return answer
  }
  const graph = graphOf(world, TTL, slow)
  await graph.of(CHLOE.oid)
  world.clock.advance(TTL - 4)
  await graph.of(CHLOE.oid)
  assert.equal(world.graphRequests().length, 2)
})

test('what changes about the connection drops the answers of its teamspace, those under way too', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  await graph.of(CHLOE.oid)
  graph.forget('globex-1')
  await graph.of(CHLOE.oid)
  assert.equal(world.graphRequests().length, 1)
  for (const teamspaceId of ['acme-1', undefined]) {
    graph.forget(teamspaceId)
    const early = graph.of(CHLOE.oid)
    graph.forget(teamspaceId)
    world.emulator.clearRequests()
    await Promise.all([early, graph.of(CHLOE.oid)])
    await graph.of(CHLOE.oid)
    assert.equal(world.graphRequests().length, 2)
  }
})

test('what was found out for one connection is not told to another of the same tenant', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  await graph.of(CHLOE.oid)
  const other = { ...world.connection, id: 'connection-2', teamspaceId: 'globex-1' }
  await graph.groupsOf(other, 'users', CHLOE.oid)
  assert.equal(world.graphRequests().length, 2)
})

test('the token for Graph is used until shortly before its end, and renewed once when Graph refuses it', async (t) => {
  const world = await entraWorld(t)
  world.emulator.setTokenLifetime(world.tenant.id, 3600)
  const graph = graphOf(world, 0)
  await graph.of(CHLOE.oid)
  world.clock.advance(3600 - 121)
  await graph.of(CHLOE.oid)
  assert.equal(world.tokenRequests().length, 1)
  world.clock.advance(1)
  await graph.of(CHLOE.oid)
  assert.equal(world.tokenRequests().length, 2)
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 401, times: 1 })
  assert.equal((await graph.of(CHLOE.oid)).length, 3)
  assert.equal(world.tokenRequests().length, 3)
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 401 })
  await assert.rejects(graph.of(CHLOE.oid), faultWith({ says: /refuses the token/, retryAfterSeconds: 10 }))
  assert.equal(world.tokenRequests().length, 4)
})

test('M-23 while Graph is down the groups are not none: a fault, asked again only after a pause', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  for (const fault of [{ kind: 'status', status: 500 }, { kind: 'drop' }, { kind: 'garbage' }] as const) {
    world.emulator.setFault({ path: 'graph', ...fault })
    world.emulator.clearRequests()
    const says = /failing|no usable answer/
    await assert.rejects(graph.of(CHLOE.oid), faultWith({ says, retryAfterSeconds: 3 }))
    world.clock.advance(2)
    await assert.rejects(graph.of(PETRA.oid), faultWith({ says, retryAfterSeconds: 1 }))
    assert.equal(world.graphRequests().length, 1, 'nobody is asked about during the pause')
    world.clock.advance(1)
  }
  world.emulator.setFault(undefined)
  assert.equal((await graph.of(CHLOE.oid)).length, 3)
})

test('M-23 what was known before an outage counts on through it, but no longer than it would have', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  await graph.of(CHLOE.oid)
  world.emulator.setFault({ path: 'graph', kind: 'drop' })
  world.clock.advance(TTL - 1)
  assert.equal((await graph.of(CHLOE.oid)).length, 3)
  world.clock.advance(1)
  await assert.rejects(graph.of(CHLOE.oid), faultWith({ says: /no usable answer/ }))
})

test('S2E-07 a Graph that throttles is left alone for as long as it asks', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 429, retryAfterSeconds: 17, times: 1 })
  await assert.rejects(graph.of(CHLOE.oid), faultWith({ says: /asks to wait/, retryAfterSeconds: 17 }))
  world.clock.advance(16)
  await assert.rejects(graph.of(CHLOE.oid), faultWith({ says: /asks to wait/, retryAfterSeconds: 1 }))
  assert.equal(world.graphRequests().length, 1)
  world.clock.advance(1)
  assert.equal((await graph.of(CHLOE.oid)).length, 3)
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 429, retryAfterSeconds: 86_400 })
  await assert.rejects(graph.of(PETRA.oid), faultWith({ says: /asks to wait/, retryAfterSeconds: 300 }))
})

test('M-24 without its permission the gateway app is told which one it lacks; granted, it counts after the pause', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  world.permit()
  await assert.rejects(
    graph.of(CHLOE.oid),
    faultWith({ says: /application permission GroupMember\.Read\.All .* admin consent/, retryAfterSeconds: 10 }),
  )
  world.permit('GroupMember.Read.All')
  world.clock.advance(10)
  assert.equal((await graph.of(CHLOE.oid)).length, 3)
})

test('a gateway client that gets no token says why, and nothing that was sent', async (t) => {
  const world = await entraWorld(t)
  const { onBehalfOf } = world.connection
  const wrong = {
    ...world.connection,
    onBehalfOf: { ...onBehalfOf!, credential: { kind: 'secret' as const, secret: 'canary-secret' } },
  }
  const graph = createGraphGroups({ clouds: world.clouds, fetch, now: world.clock.now, ttlSeconds: TTL })
  await assert.rejects(
    async () => graph.groupsOf(wrong, 'users', CHLOE.oid),
    (error: GateFault) => {
      assert.match(error.message, /no token for Microsoft Graph: The client secret is wrong/)
      assert.deepEqual(error.detail?.aadsts, [7000215])
      assert.ok(!JSON.stringify([error.message, error.detail]).includes('canary'))
      return faultWith({ says: /./, retryAfterSeconds: 30 })(error)
    },
  )
  world.emulator.setFault({ path: 'token', kind: 'drop' })
  await assert.rejects(
    graphOf(world).of(CHLOE.oid),
    faultWith({ says: /no token for Microsoft Graph: the identity provider cannot be reached/ }),
  )
  const file = { kind: 'federated' as const, tokenFile: '/nowhere/token' }
  const unreadable = { ...world.connection, id: 'other', onBehalfOf: { ...onBehalfOf!, credential: file } }
  await assert.rejects(
    async () => graph.groupsOf(unreadable, 'users', CHLOE.oid),
    faultWith({ says: /cannot prove itself/ }),
  )
})

test('whom the directory does not know is not in no group: unknown, and asked again soon', async (t) => {
  const world = await entraWorld(t)
  const graph = graphOf(world)
  const newcomer = 'dddddddd-0000-4000-8000-000000000001'
  assert.equal(await graph.of(newcomer), 'unknown')
  world.tenant.users.push({ ...world.tenant.users[0]!, id: newcomer, userPrincipalName: 'n@acme.example' })
  assert.equal(await graph.of(newcomer), 'unknown')
  assert.equal(world.graphRequests().length, 1)
  world.clock.advance(30)
  assert.deepEqual(await graph.of(newcomer), [])
})

test('without a client, or in a cloud without a Graph, nobody is asked', async (t) => {
  const world = await entraWorld(t)
  const { onBehalfOf: _, ...alone } = world.connection
  const graph = graphOf(world)
  assert.equal(graph.groupsOf(alone, 'users', CHLOE.oid), 'unknown')
  const clouds = { emulator: { authority: world.emulator.url } }
  const without = createGraphGroups({ clouds, fetch, now: world.clock.now, ttlSeconds: TTL })
  assert.equal(without.groupsOf(world.connection, 'users', CHLOE.oid), 'unknown')
  assert.equal(world.tokenRequests().length, 0)
})
