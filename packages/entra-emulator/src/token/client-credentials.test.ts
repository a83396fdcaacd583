import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claimsOf, refused, succeeded, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

const gatewayDefault = () => `${shared.app('MCP Gateway').identifierUris[0]}/.default`

test('S1-45 an app-only token carries roles and no scp, and sub equals oid', async () => {
  const answer = await succeeded(await shared.clientCredentials('Nightly Job', gatewayDefault()))
  const claims = claimsOf(answer.access_token)
  assert.deepEqual(claims['roles'], ['Mcp.Tool.Executor'])
  assert.equal(claims['scp'], undefined)
  assert.equal(claims['idtyp'], 'app')
  assert.equal(claims.sub, shared.app('Nightly Job').objectId)
  assert.equal(claims['oid'], claims.sub)
  assert.equal(claims['azpacr'], '1')
  assert.equal(answer.refresh_token, undefined)
})

test('S1-47 any application of the tenant gets a token for any other, without a role', async () => {
  const answer = await succeeded(await shared.clientCredentials('Group Sync', gatewayDefault()))
  assert.equal(claimsOf(answer.access_token)['roles'], undefined)
})

test('AADSTS501051: unless the resource requires assignment', async () => {
  await using world = await World.start()
  world.app('MCP Gateway').assignmentRequired = true
  await refused(await world.clientCredentials('Group Sync', gatewayDefault()), 501051, 'invalid_grant')
  await succeeded(await world.clientCredentials('Nightly Job', gatewayDefault()))
})

test('AADSTS1002012: only /.default may be asked', async () => {
  await refused(await shared.clientCredentials('Nightly Job', shared.gatewayScope), 1002012, 'invalid_scope')
})

test('AADSTS70011: one scope at a time', async () => {
  const scope = `${gatewayDefault()} https://graph.microsoft.com/.default`
  await refused(await shared.clientCredentials('Nightly Job', scope), 70011, 'invalid_scope')
})

test('AADSTS900144: scope is required', async () => {
  await refused(await shared.clientCredentials('Nightly Job', ''), 900144, 'invalid_request')
})

test('AADSTS500011: an unknown resource', async () => {
  await refused(await shared.clientCredentials('Nightly Job', 'api://unknown/.default'), 500011, 'invalid_resource')
})

test('AADSTS7000216: the client must prove itself', async () => {
  const response = await shared.clientCredentials('Nightly Job', gatewayDefault(), { client_secret: undefined })
  await refused(response, 7000216, 'invalid_client', 401)
})

test('AADSTS7000215: with the right secret', async () => {
  const response = await shared.clientCredentials('Nightly Job', gatewayDefault(), { client_secret: 'wrong' })
  await refused(response, 7000215, 'invalid_client', 401)
})

test('S2C-32 AADSTS9002326: and never from a browser', async () => {
  const job = shared.app('Nightly Job')
  const form = {
    grant_type: 'client_credentials',
    client_id: job.appId,
    client_secret: job.secrets[0]?.value,
    scope: gatewayDefault(),
  }
  const response = await shared.post(form, { headers: { origin: 'https://spa.example' } })
  await refused(response, 9002326, 'invalid_request')
})
