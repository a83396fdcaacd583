import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { succeeded, World } from '../../test/harness.ts'
import { parseSeed } from '../load-seed.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

type Entity = Record<string, unknown>
interface Answer {
  status: number
  body: { value: Entity[]; error: { code: string }; '@odata.nextLink'?: string; '@odata.count'?: number } & Entity
}

async function syncToken(world: World): Promise<string> {
  return (await succeeded(await world.clientCredentials('Group Sync', 'https://graph.microsoft.com/.default')))
    .access_token
}

async function graph(
  world: World,
  path: string,
  init: { token?: string; body?: unknown; eventual?: boolean } = {},
): Promise<Answer> {
  const { token = await syncToken(world), body, eventual = false } = init
  const url = path.startsWith('http') ? path : `${world.emulator.url}/graph/v1.0${path}`
  const headers = { authorization: `Bearer ${token}`, ...(eventual && { ConsistencyLevel: 'eventual' }) }
  const response = await fetch(
    url,
    body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) },
  )
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

function groupId(world: World, displayName: string): string {
  return world.tenant().groups.find((group) => group.displayName === displayName)?.id ?? ''
}
const names = (answer: Answer) => answer.body.value.map((entity) => entity['displayName'])

test('M-24 members are direct; transitiveMembers are flattened and contain groups', async () => {
  const id = groupId(shared, 'Engineering')
  assert.deepEqual(names(await graph(shared, `/groups/${id}/members`)), ['Ada Marsh', 'Ben Okafor', 'Platform'])
  const all = await graph(shared, `/groups/${id}/transitiveMembers`)
  assert.deepEqual(names(all), ['Ada Marsh', 'Ben Okafor', 'Platform', 'Chloe Lind'])
  assert.equal(all.body.value[2]?.['@odata.type'], '#microsoft.graph.group')
})

test('S2E-07 the cast to users needs ConsistencyLevel and $count, and counts', async () => {
  const path = `/groups/${groupId(shared, 'Engineering')}/members/microsoft.graph.user`
  const plain = await graph(shared, path)
  assert.deepEqual([plain.status, plain.body.error.code], [400, 'Request_UnsupportedQuery'])
  const cast = await graph(shared, `${path}?$count=true&$select=id,mail`, { eventual: true })
  assert.equal(cast.body['@odata.count'], 2)
  assert.deepEqual(cast.body.value[0], {
    '@odata.type': '#microsoft.graph.user',
    id: shared.user('Ada').id,
    mail: 'ada@acme.example',
  })
})

test('S2E-07 pages follow @odata.nextLink, and each member comes once', async () => {
  const seen: unknown[] = []
  let next: string | undefined = `/groups/${groupId(shared, 'Engineering')}/transitiveMembers?$top=1&$select=id`
  for (let page = 0; next !== undefined; page += 1) {
    const { body }: Answer = await graph(shared, next)
    assert.equal(body.value.length, 1)
    seen.push(...body.value.map((entity) => entity['id']))
    next = body['@odata.nextLink']
  }
  assert.equal(new Set(seen).size, 4)
})

test('S2E-04 without User.ReadBasic.All the members come with null profiles', async () => {
  await using world = await World.start()
  const assignments = world.tenant().graph.roleAssignments
  world.tenant().graph.roleAssignments = assignments.filter(({ role }) => role === 'GroupMember.Read.All')
  const { body } = await graph(
    world,
    `/groups/${groupId(world, 'Sales')}/members?$select=id,mail,userPrincipalName,displayName`,
  )
  const nobody = { mail: null, userPrincipalName: null, displayName: null }
  assert.deepEqual(body.value, [{ '@odata.type': '#microsoft.graph.user', id: world.user('Dev').id, ...nobody }])
})

test('accountEnabled needs User.Read.All', async () => {
  await using world = await World.start()
  const path = `/users/${world.user('Erin').id}?$select=accountEnabled`
  assert.deepEqual((await graph(world, path)).body, { accountEnabled: null })
  world.tenant().graph.roleAssignments.push({ principalId: world.app('Group Sync').appId, role: 'User.Read.All' })
  assert.deepEqual((await graph(world, path)).body, { accountEnabled: false })
})

test('M-21 M-22 memberships: transitiveMemberOf, getMemberGroups, checkMemberGroups', async () => {
  const user = `/users/${shared.user('Chloe').id}`
  const held = ['Platform', 'Engineering', 'Everyone']
  const ids = held.map((name) => groupId(shared, name))
  assert.deepEqual(names(await graph(shared, `${user}/memberOf`)), ['Platform'])
  assert.deepEqual(names(await graph(shared, `${user}/transitiveMemberOf`)), held)
  const cast = `${user}/transitiveMemberOf/microsoft.graph.group?$select=id&$count=true`
  assert.deepEqual(
    (await graph(shared, cast, { eventual: true })).body.value.map((group) => group['id']),
    ids,
  )
  const mine = await graph(shared, `${user}/getMemberGroups`, { body: { securityEnabledOnly: true } })
  assert.deepEqual(mine.body.value, ids)
  const sales = groupId(shared, 'Sales')
  const checked = await graph(shared, `${user}/checkMemberGroups`, { body: { groupIds: [sales, ids[2]] } })
  assert.deepEqual(checked.body.value, [ids[2]])
})

test('M-21 an application is a service principal: its groups need Application.Read.All', async () => {
  await using world = await World.start()
  const job = world.app('Nightly Job')
  world
    .tenant()
    .groups.find(({ displayName }) => displayName === 'Platform')!
    .members.push(job.objectId)
  const path = `/servicePrincipals/${job.objectId}`
  const cast = `${path}/transitiveMemberOf/microsoft.graph.group?$select=id,displayName&$count=true`
  const refused = await graph(world, cast, { eventual: true })
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'Authorization_RequestDenied'])
  world
    .tenant()
    .graph.roleAssignments.push({ principalId: world.app('Group Sync').appId, role: 'Application.Read.All' })
  assert.deepEqual(names(await graph(world, cast, { eventual: true })), ['Platform', 'Engineering', 'Everyone'])
  const members = await graph(world, `/groups/${groupId(world, 'Platform')}/members`)
  assert.deepEqual(names(members), ['Chloe Lind', 'Nightly Job'])
  assert.equal(members.body.value[1]?.['@odata.type'], '#microsoft.graph.servicePrincipal')
  assert.equal((await graph(world, `/servicePrincipals/${world.user('Ada').id}/memberOf`)).status, 404)
})

test('M-24 User.Read.All reads whose groups there are, but not what they are called', async () => {
  await using world = await World.start()
  world.tenant().graph.roleAssignments = [{ principalId: world.app('Group Sync').appId, role: 'User.Read.All' }]
  const { body } = await graph(world, `/users/${world.user('Chloe').id}/memberOf?$select=id,displayName`)
  assert.deepEqual(body.value, [
    { '@odata.type': '#microsoft.graph.group', id: groupId(world, 'Platform'), displayName: null },
  ])
})

test('M-20 a person of the demonstration is in more groups than a token holds, and Graph pages through them', async () => {
  const path = `/users/${shared.user('Petra').id}/transitiveMemberOf/microsoft.graph.group?$select=id&$count=true`
  const first = await graph(shared, path, { eventual: true })
  assert.deepEqual([first.body.value.length, first.body['@odata.count']], [100, 240])
  const second = await graph(shared, first.body['@odata.nextLink']!, { eventual: true })
  const third = await graph(shared, second.body['@odata.nextLink']!, { eventual: true })
  assert.deepEqual([third.body.value.length, third.body['@odata.nextLink']], [40, undefined])
  assert.equal((await graph(shared, `${path}&$top=999`, { eventual: true })).body.value.length, 240)
})

test('M-21 getMemberGroups answers up to 11,000 groups and no part of more', async () => {
  await using world = await World.start()
  const { id } = world.user('Ada')
  const toGroup = (_: unknown, i: number) => ({
    id: `cccccccc-0000-4000-8000-${String(i).padStart(12, '0')}`,
    displayName: `Group ${i}`,
    members: [id],
    securityEnabled: true,
  })
  world.tenant().groups = Array.from({ length: 11_001 }, toGroup)
  const ask = () => graph(world, `/users/${id}/getMemberGroups`, { body: { securityEnabledOnly: false } })
  const { status, body } = await ask()
  assert.deepEqual([status, body.error.code], [400, 'Directory_ResultSizeLimitExceeded'])
  world.tenant().groups.pop()
  assert.equal((await ask()).body.value.length, 11_000)
})

test('M-22 checkMemberGroups takes at most 20 ids', async () => {
  const groupIds = Array.from({ length: 21 }, () => groupId(shared, 'Sales'))
  assert.equal(
    (await graph(shared, `/users/${shared.user('Ada').id}/checkMemberGroups`, { body: { groupIds } })).status,
    400,
  )
})

test('users can be found by id or user principal name', async () => {
  for (const key of [shared.user('Ada').id, 'ada@acme.example'])
    assert.equal((await graph(shared, `/users/${key}`)).body['displayName'], 'Ada Marsh')
})

test('an unknown object is 404 Request_ResourceNotFound, an unknown property or option 400', async () => {
  const nobody = '99999999-0000-4000-8000-000000000000'
  for (const path of [`/users/${nobody}`, `/groups/${nobody}/members`]) {
    const answer = await graph(shared, path)
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'Request_ResourceNotFound'])
  }
  const group = `/groups/${groupId(shared, 'Sales')}`
  for (const query of ['$select=shoeSize', '$filter=x', '$top=0', '$top=1000', '$skiptoken=!'])
    assert.equal((await graph(shared, `${group}/members?${query}`)).status, 400, query)
  assert.equal((await graph(shared, '/teams')).status, 404)
})

test('an object of another tenant is not there', async () => {
  assert.equal((await graph(shared, `/users/${shared.user('Gus', 'Globex').id}`)).status, 404)
})

test('without the permission 403, without a Graph token 401', async () => {
  const { access_token } = await succeeded(
    await shared.clientCredentials('Nightly Job', 'https://graph.microsoft.com/.default'),
  )
  const group = `/groups/${groupId(shared, 'Sales')}`
  for (const path of [group, `${group}/members`, `/users/${shared.user('Ada').id}`]) {
    const answer = await graph(shared, path, { token: access_token })
    assert.deepEqual([answer.status, answer.body.error.code], [403, 'Authorization_RequestDenied'])
  }
  const foreign = await shared.tokens()
  for (const token of ['nonsense', 'a.b.c', foreign.access_token]) {
    const answer = await graph(shared, group, { token })
    assert.deepEqual([answer.status, answer.body.error.code], [401, 'InvalidAuthenticationToken'])
  }
})

test('scopes may name Graph by the address where the emulator has it', async () => {
  const scope = `${shared.emulator.url}/graph/.default`
  const { access_token: token } = await succeeded(await shared.clientCredentials('Group Sync', scope))
  assert.equal((await graph(shared, `/groups/${groupId(shared, 'Sales')}`, { token })).status, 200)
})

test('an expired Graph token is 401', async () => {
  await using world = await World.start()
  const token = await syncToken(world)
  world.clock.advance(5400)
  assert.equal((await graph(world, `/groups/${groupId(world, 'Sales')}`, { token })).status, 401)
})

test('S2E-07 throttling is 429 with Retry-After, as often as ordered', async () => {
  await using world = await World.start()
  const token = await syncToken(world)
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 429, retryAfterSeconds: 7, times: 1 })
  const headers = { authorization: `Bearer ${token}` }
  const url = `${world.emulator.url}/graph/v1.0/groups/${groupId(world, 'Sales')}/members`
  const throttled = await fetch(url, { headers })
  assert.deepEqual([throttled.status, throttled.headers.get('retry-after')], [429, '7'])
  assert.equal((await fetch(url, { headers })).status, 200)
})

test('S2E-08 a page in the middle fails when a fault skips those before it', async () => {
  await using world = await World.start()
  const token = await syncToken(world)
  const page = `/groups/${groupId(world, 'Sales')}/members?$top=1`
  world.emulator.setFault({ path: 'graph', kind: 'status', status: 500, skip: 2, times: 1 })
  const statuses = []
  for (let asked = 0; asked < 4; asked++) statuses.push((await graph(world, page, { token })).status)
  assert.deepEqual(statuses, [200, 200, 500, 200])
})

test('S2E-07 thousands of people come from one line of the seed, and page after page tells of each once', async () => {
  await using world = await World.start((seed) => {
    const people = {
      idPrefix: 'dddddddd-0000-4000-8000-',
      displayName: 'Person',
      name: 'person',
      domain: 'acme.example',
    }
    const { id } = seed.tenants[0]!.groups[2]!
    const userSeries = [{ ...people, password: 'x', count: 5_000, groups: [id] }]
    const groups = [{ id, displayName: 'Large' }]
    const large = parseSeed({ tenants: [{ id: seed.tenants[0]!.id, displayName: 'Acme', userSeries, groups }] })
    seed.tenants[0]!.users.push(...large.tenants[0]!.users)
    seed.tenants[0]!.groups[2] = large.tenants[0]!.groups[0]!
  })
  const token = await syncToken(world)
  const seen = new Set<unknown>()
  const path = `/groups/${world.tenant().groups[2]!.id}/transitiveMembers/microsoft.graph.user`
  let next: string | undefined = `${path}?$count=true&$top=999&$select=id,mail`
  for (let pages = 0; next !== undefined && pages < 7; pages++) {
    const { body }: Answer = await graph(world, next, { token, eventual: true })
    if (pages === 0) assert.equal(body['@odata.count'], 5_000)
    for (const { id } of body.value) seen.add(id)
    next = body['@odata.nextLink']
  }
  assert.deepEqual([seen.size, next], [5_000, undefined])
})
