import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import { sendRaw, writeRequest } from '../../support/raw-http.ts'
import { USER, scimClient } from '../../support/scim-client.ts'

const open = async (t: { after(done: () => Promise<void>): void }) => {
  const gate = await startGate()
  t.after(() => gate.close())
  return { gate, scim: await scimClient(gate, ACME.slug) }
}

test('B-02 b,p discovery says what is supported, and what is not answers 501', async (t) => {
  const { scim } = await open(t)
  const { body: config } = await scim.get('/ServiceProviderConfig')
  const supported = ['patch', 'filter', 'etag', 'bulk', 'sort', 'changePassword'].map((name) => config[name].supported)
  assert.deepEqual(supported, [true, true, true, false, false, false])
  const types = (await scim.get('/ResourceTypes')).body
  assert.deepEqual(
    types.Resources.map(({ endpoint }: { endpoint: string }) => endpoint),
    ['/Users', '/Groups'],
  )
  const schemas = (await scim.get('/Schemas')).body
  assert.equal(schemas.totalResults, 4)
  for (const { id, attributes, meta } of schemas.Resources) {
    assert.equal((await scim.get(`/Schemas/${id}`)).body.meta.location, meta.location)
    for (const attribute of attributes) assert.ok(attribute.name && attribute.type && attribute.mutability, id)
  }
  assert.equal((await scim.get('/ResourceTypes/User')).status, 200)
  assert.equal((await scim.get('/Schemas/urn:unheard:of')).status, 404)
  assert.equal((await scim.get('/Schemas?filter=id%20pr')).status, 403)
  for (const path of ['/Bulk', '/.search', '/Users/.search', '/Me']) {
    assert.deepEqual([(await scim.post(path, {})).status, path], [501, path])
  }
  assert.equal((await scim.get('/Nowhere')).body.status, '404')
})

test('B-02 n an ETag is weak, changes with the resource only, and guards what it names', async (t) => {
  const { scim } = await open(t)
  const made = await scim.post('/Users', { schemas: [USER], userName: 'one' })
  const path = `/Users/${made.body.id}`
  const etag = made.headers.get('etag')!
  assert.match(etag, /^W\/"1"$/)
  const unchanged = await scim.get(path, { 'if-none-match': etag })
  assert.deepEqual([unchanged.status, unchanged.body, unchanged.headers.get('etag')], [304, undefined, etag])
  const same = await scim.patch(path, [{ op: 'replace', path: 'userName', value: 'one' }])
  assert.equal(same.headers.get('etag'), etag, 'nothing was changed')

  const changed = await scim.patch(path, [{ op: 'replace', path: 'title', value: 'x' }], { 'if-match': etag })
  assert.deepEqual([changed.status, changed.headers.get('etag')], [200, 'W/"2"'])
  assert.equal((await scim.get(path, { 'if-none-match': etag })).status, 200)
  assert.equal((await scim.put(path, { userName: 'two' }, { 'if-match': etag })).status, 412)
  assert.equal((await scim.patch(path, [{ op: 'remove', path: 'title' }], { 'if-match': '"1"' })).status, 412)
  assert.equal((await scim.delete(path, { 'if-match': etag })).status, 412)
  assert.equal((await scim.put(path, { userName: 'two' }, { 'if-match': '*' })).status, 200)
  assert.equal((await scim.delete(path, { 'if-match': 'W/"1", W/"3"' })).status, 204)
})

test('B-02 j an answer has the attributes that were asked for, and the id in any case', async (t) => {
  const { scim } = await open(t)
  const made = await scim.post('/Users', {
    userName: 'one',
    name: { familyName: 'F', givenName: 'G' },
    emails: [{ type: 'work', value: 'a@b.example' }],
  })
  const path = `/Users/${made.body.id}`
  const { id, schemas } = made.body
  const asked = async (query: string) => (await scim.get(`${path}?${query}`)).body
  assert.deepEqual(await asked('attributes=USERNAME,name.givenName,emails.value,unheardOf'), {
    id,
    schemas,
    userName: 'one',
    name: { givenName: 'G' },
    emails: [{ value: 'a@b.example' }],
  })
  const less = await asked('excludedAttributes=name.givenName,emails,id,meta')
  assert.deepEqual([less.id, less.name, less.emails, less.meta], [id, { familyName: 'F' }, undefined, undefined])
  assert.equal((await scim.get(`/Users?attributes=${'a,'.repeat(60)}`)).status, 400)
})

test('what is no SCIM is refused by a SCIM error, and pollutes nothing', async (t) => {
  const { scim, gate } = await open(t)
  const made = await scim.post('/Users', { userName: 'one' })
  const path = `/Users/${made.body.id}`
  const statusOf = async (body: string, type = 'application/scim+json', method = 'POST', where = '/Users') =>
    (await scim.send(method, where, body, { 'content-type': type })).status
  assert.equal(await statusOf('{'), 400)
  assert.equal(await statusOf('[]'), 400)
  assert.equal(await statusOf('null'), 400)
  assert.equal(await statusOf('{}'), 400)
  assert.equal(await statusOf('{"userName":"x"}', 'text/plain'), 415)
  assert.equal(await statusOf('{"userName":"x"}', 'application/json; charset=utf-8'), 201)
  assert.equal(await statusOf('{"userName":"y","USERNAME":"z"}'), 400)
  assert.equal(await statusOf('{"userName":"\\u0000"}'), 400)
  assert.equal(await statusOf('{"userName":"\\ud800"}'), 400)
  assert.equal(await statusOf(JSON.stringify({ userName: 'x'.repeat(20_000) })), 400)
  assert.equal(await statusOf(JSON.stringify({ userName: 'z', emails: Array(101).fill({ value: 'x' }) })), 400)
  assert.equal(await statusOf('['.repeat(100_000)), 400)

  for (const body of [
    '{"Operations":[{"op":"add","path":"__proto__.polluted","value":"x"}]}',
    '{"Operations":[{"op":"add","path":"constructor.prototype.polluted","value":"x"}]}',
    '{"Operations":[{"op":"add","value":{"__proto__":{"polluted":"x"},"constructor":{"prototype":{"polluted":"x"}}}}]}',
    '{"Operations":[{"op":"add","path":"name","value":{"__proto__":{"polluted":"x"}}}]}',
    '{"Operations":[{"op":"add","path":"emails","value":[{"__proto__":{"polluted":"x"},"value":"a"}]}]}',
    '{"Operations":[{"op":"add","value":{"__proto__.polluted":"x"}}]}',
    '{"Operations":[{"op":"add","path":"emails[__proto__ eq \\"x\\"].polluted","value":"x"}]}',
  ]) {
    const status = await statusOf(body, 'application/scim+json', 'PATCH', path)
    assert.ok(status === 200 || status === 400, `${status} ${body}`)
    assert.equal(({} as { polluted?: unknown }).polluted, undefined, body)
  }
  await statusOf('{"userName":"p","__proto__":{"polluted":"x"},"name":{"__proto__":{"polluted":"x"}}}')
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  assert.ok(!JSON.stringify((await scim.get('/Users')).body).includes('polluted'))

  const url = `${gate.adminUrl}/scim/v2/Users`
  const bearer = ['authorization', `Bearer ${scim.token}`] as const
  const announced = [bearer, ['content-type', 'application/scim+json'], ['content-length', '7000000']] as const
  const without = ['content-length', 'content-type']
  const [large] = await sendRaw(url, writeRequest(url, { headers: announced, without, body: '{' }))
  assert.equal(large?.status, 413)
  const headers = [['host', 'evil.example'], bearer] as const
  const [rebound] = await sendRaw(url, writeRequest(url, { method: 'GET', headers, without: ['host'] }))
  assert.equal(rebound?.status, 403, 'another Host')
})

test('a request that is sent twice at once makes one user', async (t) => {
  const { scim } = await open(t)
  const all = await Promise.all(Array.from({ length: 5 }, () => scim.post('/Users', { userName: 'once' })))
  assert.deepEqual(all.map(({ status }) => status).sort(), [201, 409, 409, 409, 409])
  assert.equal((await scim.get('/Users')).body.totalResults, 1)
})

test('a teamspace has a handful of SCIM tokens, and one that expires ends by itself', async (t) => {
  let at = Date.now()
  const gate = await startGate({ now: () => at })
  t.after(() => gate.close())
  const path = `/teamspaces/${ACME.slug}/scim-tokens`
  const expires_at = new Date(at + 60_000).toISOString()
  const scim = await scimClient(gate, ACME.slug, { expires_at })
  assert.equal((await scim.get('/Users')).status, 200)
  for (const name of ['2', '3', '4', '5']) await gate.admin.must('POST', path, { name })
  assert.equal((await gate.admin.send('POST', path, { name: '6' })).status, 409)
  at += 60_000
  assert.equal((await scim.get('/Users')).status, 401)
  assert.equal((await gate.admin.send('POST', path, { name: '6' })).status, 201)
  for (const body of [
    {},
    { name: 'a\nb' },
    { name: 'x', connection: 'kubernetes' },
    { name: 'x', expires_at: '2001-01-01T00:00:00Z' },
  ]) {
    assert.equal((await gate.admin.send('POST', path, body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await gate.admin.send('POST', '/teamspaces/nobody/scim-tokens', { name: 'x' })).status, 404)
  assert.equal((await gate.call(scim.token)).status, 401, 'a SCIM token opens no server')
})
