import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { claimsOf, World } from '../../test/harness.ts'
import type { RecordedRequest } from '../index.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

function control(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  return fetch(`${shared.emulator.url}/_emulator${path}`, init)
}

test('requests are recorded with their form, secrets included, and without the calls of the control itself', async () => {
  shared.emulator.clearRequests()
  await shared.obo('the-assertion')
  const listed = (await (await control('GET', '/requests')).json()) as RecordedRequest[]
  assert.equal(listed.length, 1)
  assert.deepEqual([listed[0]?.method, listed[0]?.path], ['POST', `/${shared.tenant().id}/oauth2/v2.0/token`])
  assert.equal(listed[0]?.form?.['assertion'], 'the-assertion')
  assert.equal(listed[0]?.form?.['client_secret'], 'acme-gateway-secret')
  assert.equal((await control('DELETE', '/requests')).status, 204)
  assert.equal(shared.emulator.requests.length, 0)
})

test('only the last 1000 requests are kept', async () => {
  await using world = await World.start()
  const url = `${world.emulator.url}/nothing`
  for (let batch = 0; batch < 21; batch += 1)
    await Promise.all(Array.from({ length: 50 }, async (_, i) => (await fetch(`${url}?n=${batch * 50 + i}`)).text()))
  assert.equal(world.emulator.requests.length, 1000)
})

test('faults, keys, sessions and lifetimes can be switched over HTTP', async () => {
  const tenantId = shared.tenant().id
  assert.equal((await control('PUT', '/fault', { path: 'keys', kind: 'status', status: 500 })).status, 204)
  assert.equal((await fetch(shared.url('/discovery/v2.0/keys'))).status, 500)
  assert.equal((await control('DELETE', '/fault')).status, 204)

  const keys = async () => (await fetch(shared.url('/discovery/v2.0/keys'))).text()
  const before = await keys()
  assert.equal((await control('POST', '/rotate-keys', {})).status, 204)
  assert.notEqual(await keys(), before)

  assert.equal((await control('PUT', '/token-lifetime', { tenantId, seconds: 60 })).status, 204)
  assert.equal((await shared.tokens()).expires_in, 60)
  assert.equal((await control('PUT', '/token-lifetime', { tenantId, seconds: null })).status, 204)
  assert.ok((await shared.tokens()).expires_in >= 3600)

  const { code, verifier } = await shared.code()
  assert.equal((await control('POST', '/revoke-sessions', { tenantId, userId: shared.user('Ada').id })).status, 204)
  assert.equal((await shared.redeem({ code, code_verifier: verifier })).status, 400)

  const signed = await control('POST', '/sign-token', { tenantId, claims: { aud: 'x' } })
  assert.deepEqual(claimsOf(((await signed.json()) as { token: string }).token), { aud: 'x' })
})

test('the seed can be read, changed and put back; a bad one changes nothing', async () => {
  const seed = (await (await control('GET', '/seed')).json()) as { tenants: { users: { displayName: string }[] }[] }
  seed.tenants[0]!.users[0]!.displayName = 'Ada Renamed'
  assert.equal((await control('PUT', '/seed', seed)).status, 204)
  assert.equal(claimsOf((await shared.tokens()).access_token)['name'], 'Ada Renamed')
  const refusal = await control('PUT', '/seed', { tenants: [{ id: 'x' }] })
  assert.equal(refusal.status, 400)
  assert.match(((await refusal.json()) as { error: string }).error, /tenants\.0\.id: must be a GUID/)
  assert.equal(shared.tenant().displayName, 'Acme')
})

test('malformed orders and unknown tenants are refused', async () => {
  assert.equal((await control('PUT', '/fault', { path: 'moon' })).status, 400)
  assert.equal((await control('POST', '/rotate-keys', { tenantId: 'nobody.example' })).status, 400)
})

/** fetch does not let a test choose Host. */
function statusWith(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${shared.emulator.url}/_emulator/`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

test('the control answers nobody but this machine, and no web page', async () => {
  assert.equal(await statusWith({}), 200)
  assert.equal(await statusWith({ host: 'rebound.example' }), 403)
  assert.equal(await statusWith({ origin: 'https://page.example' }), 403)
})
