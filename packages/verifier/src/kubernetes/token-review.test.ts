import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { createLoopbackCertificate } from '../../test/certificate.ts'
import { startKubernetesEmulator, type Failure } from 'kubernetes-emulator'
import { AUDIENCE, codeOf, connectionTo, CRAWLER, NOW_MS, verifierOf } from '../../test/kubernetes-verifier.ts'
import { flood, startLoopback } from '../../test/loopback-server.ts'
import { VerificationFault } from '../fault.ts'
import type { KubernetesCluster } from './cluster.ts'

const now = () => NOW_MS
const certificate = createLoopbackCertificate()
const cluster = await startKubernetesEmulator({ now })
const secure = await startKubernetesEmulator({ now, tls: certificate })
after(() => Promise.all([cluster[Symbol.asyncDispose](), secure[Symbol.asyncDispose]()]))
beforeEach(() => {
  for (const { failWith, answerWith, reviews } of [cluster, secure]) {
    failWith(undefined)
    answerWith(undefined)
    reviews.length = 0
  }
})

const tokenOf = (issuing = cluster) => issuing.issueToken({ ...CRAWLER, audiences: [AUDIENCE] })
const withCluster = (changes: Partial<KubernetesCluster>, asked = cluster) =>
  verifierOf(asked, { cluster: { ...connectionTo(asked).cluster, ...changes } })

/** The fault that a verification ends in; anything else fails the test. */
async function faultOf(verifier: ReturnType<typeof verifierOf>, token = tokenOf()): Promise<VerificationFault> {
  const outcome = await Promise.resolve(verifier.verify(token)).catch((error: unknown) => error)
  assert.ok(outcome instanceof VerificationFault, `not a fault: ${JSON.stringify(outcome)}`)
  assert.equal(outcome.code, 'review_unavailable')
  assert.ok(!outcome.message.includes(token) && !outcome.message.includes(cluster.reviewer()), outcome.message)
  return outcome
}

const FAILURES: [said: string, failure: Failure, message: RegExp][] = [
  ['S5-22 a credential of ours that is not accepted', 401, /our own credential is not accepted/],
  ['S5-22 a right that we lack', 403, /ClusterRole system:auth-delegator \(tokenreviews.* is forbidden/],
  ['a request that it does not understand', 400, /answered 400: no review \(the request is not/],
  ['an API server without TokenReview', 404, /answered 404/],
  ['S5-24 an error of the API server', 500, /answered 500/],
  ['S5-28 a redirect', { status: 307, headers: { location: '/elsewhere' }, body: '' }, /answered 307/],
  ['S5-24 an end of the connection', 'disconnect', /could not be asked: socket hang up/],
  ['an answer that is not JSON', { status: 201, body: '<html>' }, /not a TokenReview/],
  ['another kind of answer', { status: 200, body: '{"kind":"Status","status":{}}' }, /not a TokenReview/],
  ['an answer without a verdict', { status: 201, body: '{"kind":"TokenReview"}' }, /not a TokenReview/],
  [
    'an answer that two readers could read differently',
    { status: 201, body: '{"kind":"TokenReview","status":{"authenticated":false,"authenticated":true}}' },
    /not a TokenReview/,
  ],
  ['an empty answer', { status: 204, body: '' }, /answered 204/],
]
for (const [said, failure, message] of FAILURES) {
  test(`S5 7 ${said} is a fault, not a refusal, and is not kept`, async () => {
    const verifier = verifierOf(cluster)
    const token = tokenOf()
    cluster.failWith(failure)
    assert.match((await faultOf(verifier, token)).message, message)
    cluster.failWith(undefined)
    assert.equal(await codeOf(verifier, token), 'verified')
    assert.equal(cluster.reviews.length, 2)
  })
}

test('S5 7 what no API server says of a user is a fault', async () => {
  for (const status of [
    { user: { username: 'system:serviceaccount:agents:crawler' }, audiences: AUDIENCE },
    { user: { username: 'system:serviceaccount:agents:crawler' }, audiences: [AUDIENCE, 7] },
    { user: { username: 'system:serviceaccount:agents:crawler', groups: 'all' }, audiences: [AUDIENCE] },
    { user: { username: 'system:serviceaccount:agents:crawler\n' }, audiences: [AUDIENCE] },
    { user: { username: ['ada'] }, audiences: [AUDIENCE] },
    { user: {}, audiences: [AUDIENCE] },
    { audiences: [AUDIENCE] },
  ]) {
    cluster.answerWith({ authenticated: true, ...status })
    await faultOf(verifierOf(cluster, { acceptUsers: true }))
  }
})

test('S5-24 an API server that does not answer, or goes on answering, is given up in time', async () => {
  cluster.failWith('hang')
  assert.match((await faultOf(withCluster({ timeoutSeconds: 0.1 }))).message, /no answer within 0\.1 s/)
  assert.match(
    (await faultOf(withCluster({ timeoutSeconds: 0.1, credential: () => new Promise(() => {}) }))).message,
    /no answer within 0\.1 s/,
  )
  const closed = Promise.withResolvers<void>()
  await using drip = await startLoopback((_req, res) => {
    res.writeHead(201).write('{')
    const timer = setInterval(() => res.write(' '), 20)
    res.on('close', () => (clearInterval(timer), closed.resolve()))
  })
  await faultOf(withCluster({ timeoutSeconds: 0.1, server: drip.url }))
  await closed.promise
})

test('an answer that does not end is not read to its end', async () => {
  let closed: Promise<unknown> | undefined
  await using endless = await startLoopback((req, res) => {
    closed = new Promise((resolve) => res.on('close', resolve))
    flood(req, res)
  })
  assert.match((await faultOf(withCluster({ server: endless.url }))).message, /larger than 262144 bytes/)
  await closed
})

test('an API server that asks to wait is heard', async () => {
  cluster.failWith({ status: 429, headers: { 'retry-after': '17' }, body: '' })
  assert.equal((await faultOf(verifierOf(cluster))).retryAfterSeconds, 17)
  cluster.failWith({ status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, body: '' })
  assert.equal((await faultOf(verifierOf(cluster))).retryAfterSeconds, 5)
})

test('what the API server writes beside an error is cut, and repeats no token', async () => {
  const token = tokenOf()
  const message = `no\u001b[31m ${token} ${'y'.repeat(5000)}`
  cluster.failWith({ status: 500, body: JSON.stringify({ kind: 'Status', message }) })
  const fault = await faultOf(verifierOf(cluster), token)
  assert.ok(fault.message.length < 400 && /^[\x20-\x7e…]+$/.test(fault.message), fault.message)
})

test('a flood of different tokens does not become a flood of reviews', async () => {
  cluster.failWith('hang')
  const verifier = withCluster({ timeoutSeconds: 0.5 })
  const outcomes = Array.from({ length: 250 }, (_, i) => faultOf(verifier, `sha256~${i}`))
  const messages = (await Promise.all(outcomes)).map(({ message }) => message)
  assert.equal(messages.filter((message) => message.endsWith('too many reviews at once')).length, 50)
  cluster.failWith(undefined)
  assert.equal(await codeOf(verifier, tokenOf()), 'verified', 'there is room again')
})

test('S5-28 over TLS the API server must be signed for by the configured authority, and by nothing else', async () => {
  const token = tokenOf(secure)
  assert.equal(await codeOf(withCluster({ ca: () => certificate.cert }, secure), token), 'verified')
  const other = createLoopbackCertificate().cert
  for (const ca of [undefined, () => other, () => '-----BEGIN NOTHING-----']) {
    await faultOf(withCluster({ ...(ca && { ca }) }, secure), token)
  }
  assert.equal(secure.reviews.length, 1, 'the token was sent once')
})

test('S5-28 an empty CA file is not taken for the roots that Node trusts', async () => {
  for (const ca of [() => '', () => Promise.resolve(' \n')]) {
    assert.match((await faultOf(withCluster({ ca }, secure), tokenOf(secure))).message, /the CA is not PEM/)
  }
})

test('S5-28 the environment cannot turn verification off', async () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    await faultOf(withCluster({}, secure), tokenOf(secure))
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  }
  assert.equal(secure.reviews.length, 0)
})

test('S5-28 an authority that changed counts for the next review, both ways', async () => {
  const other = createLoopbackCertificate().cert
  let ca = other
  const verifier = withCluster({ ca: () => ca }, secure)
  await faultOf(verifier, tokenOf(secure))
  ca = certificate.cert
  assert.equal(await codeOf(verifier, tokenOf(secure)), 'verified')
  ca = other
  await faultOf(verifier, secure.issueToken({ ...CRAWLER, audiences: [AUDIENCE], expiresInSeconds: 60 }))
})

test('S5 7 a credential of ours that cannot be read, or is none, is a fault', async () => {
  const unreadable = [
    () => '',
    () => 'a b',
    () => 'a\r\nx: y',
    () => undefined as never,
    () => Promise.reject(new Error('no such file')),
    (): string => {
      throw new Error('no such file')
    },
  ]
  for (const credential of unreadable) await faultOf(withCluster({ credential }))
  assert.equal(cluster.reviews.length, 0)
})

test('an API server behind a path is asked there', async () => {
  const paths: (string | undefined)[] = []
  await using proxy = await startLoopback((req, res) => {
    paths.push(req.url)
    res.writeHead(502).end()
  })
  await faultOf(withCluster({ server: `${proxy.url}/k8s/clusters/c-1/` }))
  assert.deepEqual(paths, ['/k8s/clusters/c-1/apis/authentication.k8s.io/v1/tokenreviews'])
})
