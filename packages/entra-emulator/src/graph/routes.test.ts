import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { succeeded, World } from '../../test/harness.ts'

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
