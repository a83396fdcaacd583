import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { startKubernetesEmulator } from './start-kubernetes-emulator.ts'

let nowMs = Date.now()
const cluster = await startKubernetesEmulator({ now: () => nowMs })
after(() => cluster[Symbol.asyncDispose]())
beforeEach(() => {
  nowMs = Date.now()
  cluster.failWith(undefined)
})

const account = { namespace: 'agents', name: 'crawler' }
const spec = (token: unknown, audiences?: string[]) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenReview',
  spec: { token, ...(audiences && { audiences }) },
})

async function review(body: unknown, reviewer = cluster.reviewer()) {
  const response = await fetch(`${cluster.url}/apis/authentication.k8s.io/v1/tokenreviews`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reviewer}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const answer = (await response.json()) as { kind: string; status: Record<string, unknown> }
  return { code: response.status, kind: answer.kind, status: answer.status }
}

test('a good token: 201, who it is, and the audiences that were asked for and are its own', async () => {
  const token = cluster.issueToken({ ...account, audiences: ['sallyport', 'other'] })
  const { code, status } = await review(spec(token, ['sallyport', 'third']))
  const { user, ...rest } = status as { user: Record<string, unknown> }
  assert.deepEqual([code, rest], [201, { authenticated: true, audiences: ['sallyport'] }])
  assert.equal(user['username'], 'system:serviceaccount:agents:crawler')
  assert.deepEqual(user['groups'], ['system:serviceaccounts', 'system:serviceaccounts:agents', 'system:authenticated'])
})

test('any bad token: 201 without `authenticated`', async () => {
  const audiences = ['sallyport']
  const good = cluster.issueToken({ ...account, audiences })
  const late = cluster.issueToken({ ...account, audiences, expiresInSeconds: 10 })
  const gone = cluster.issueToken({ namespace: 'agents', name: 'gone', audiences })
  cluster.deleteAccount({ namespace: 'agents', name: 'gone' })
  cluster.issueToken({ namespace: 'agents', name: 'gone', audiences })
  nowMs += 10_000
  const bad = [late, gone, `${good.slice(0, -6)}AAAAAA`, 'garbage', cluster.issueOpaque({ username: 'admin' })]
  for (const token of bad) {
    const { code, status } = await review(spec(token, audiences))
    assert.deepEqual([code, Object.keys(status)], [201, ['user', 'error']])
  }
  assert.equal((await review(spec(good, ['else']))).status['authenticated'], undefined)
})

test('without audiences it answers for itself', async () => {
  const [own, other] = [cluster.issueToken(account), cluster.issueToken({ ...account, audiences: ['sallyport'] })]
  assert.deepEqual((await review(spec(own))).status['audiences'], [cluster.issuer])
  assert.equal((await review(spec(other))).status['authenticated'], undefined)
  assert.equal((await review(spec(cluster.issueOpaque({ username: 'admin' })))).status['authenticated'], true)
})

test('what is no TokenReview is 400, a reviewer that it does not know 401, and it keeps what it received', async () => {
  cluster.reviews.length = 0
  for (const body of [spec(''), 'no json', { ...spec('x'), kind: 'Pod' }, { kind: 'TokenReview' }]) {
    assert.deepEqual(await review(body), { code: 400, kind: 'Status', status: 'Failure' })
  }
  assert.equal((await review(spec('x', ['a']), 'nobody')).code, 401)
  const old = cluster.reviewer()
  cluster.rotateReviewer('next')
  assert.equal((await review(spec('x'), old)).code, 401)
  assert.equal((await review(spec('x'))).code, 201)
  assert.deepEqual(cluster.reviews[4], { reviewer: 'nobody', token: 'x', audiences: ['a'] })
  assert.equal(cluster.reviews.length, 7)
})

test('it fails as it is told, until it is healed', async () => {
  cluster.failWith(403)
  assert.deepEqual(await review(spec('x')), { code: 403, kind: 'Status', status: 'Failure' })
  cluster.failWith('disconnect')
  await assert.rejects(review(spec('x')))
  cluster.failWith(undefined)
  assert.equal((await review(spec('x'))).code, 201)
})

test('its tokens are those of an OpenID Connect issuer, as any library reads them', async () => {
  const discovery = await fetch(`${cluster.issuer}/.well-known/openid-configuration`)
  const { issuer, jwks_uri: keysUrl } = (await discovery.json()) as { issuer: string; jwks_uri: string }
  const token = cluster.issueToken({ ...account, audiences: ['sallyport'] })
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(keysUrl)), { issuer, audience: 'sallyport' })
  assert.equal(payload.sub, 'system:serviceaccount:agents:crawler')
})

test('an admin gets a token of an account, for the audiences that were asked for, as kubectl does', async () => {
  await using api = await startKubernetesEmulator({ accounts: [account], admin: 'admin', reviewer: 'reviewer' })
  const request = async (spec: object, { name = account.name, credential = 'admin', kind = 'TokenRequest' } = {}) => {
    const response = await fetch(`${api.url}/api/v1/namespaces/${account.namespace}/serviceaccounts/${name}/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}` },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind, spec }),
    })
    return { code: response.status, body: (await response.json()) as { status: { token: string } } }
  }
  const { code, body } = await request({ audiences: ['sallyport'], expirationSeconds: 600 })
  assert.equal(code, 201)
  const keys = createRemoteJWKSet(new URL(api.keysUrl))
  const { payload } = await jwtVerify(body.status.token, keys, { issuer: api.issuer, audience: 'sallyport' })
  assert.deepEqual([payload.sub, payload.exp! - payload.iat!], ['system:serviceaccount:agents:crawler', 600])
  const { status } = (await request({})).body
  assert.equal((await jwtVerify(status.token, keys)).payload.aud?.[0], api.issuer)

  assert.equal((await request({}, { credential: 'reviewer' })).code, 401)
  assert.equal((await request({}, { kind: 'TokenReview' })).code, 400)
  assert.equal((await request({}, { name: 'nobody' })).code, 404)
  assert.equal((await request({ expirationSeconds: 599 })).code, 422)
  await using closed = await startKubernetesEmulator({ accounts: [account] })
  const path = `${closed.url}/api/v1/namespaces/agents/serviceaccounts/crawler/token`
  assert.equal((await fetch(path, { method: 'POST', headers: { authorization: 'Bearer undefined' } })).status, 401)
})
