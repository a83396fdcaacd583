import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import {
  AUDIENCE,
  codeOf,
  connectionTo,
  CRAWLER,
  NOW_MS,
  reasonOf,
  verifierOf,
} from '../../test/kubernetes-verifier.ts'
import { startFakeIssuer, signWith } from '../../test/fake-issuer.ts'
import { isDenied } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import type { KubernetesConnection } from './connection.ts'
import { createKubernetesVerifier } from './verifier.ts'

const cluster = await startKubernetesEmulator({ now: () => NOW_MS })
after(() => cluster[Symbol.asyncDispose]())
beforeEach(() => {
  cluster.failWith(undefined)
  cluster.failWith(undefined, 'discovery')
  cluster.answerWith(undefined)
  cluster.reviews.length = 0
  cluster.requests.length = 0
})

const tokenFor = (audiences: string[] = [AUDIENCE], account = CRAWLER) => cluster.issueToken({ ...account, audiences })
const byOidc = { issuer: cluster.issuer }
const bothWays = { issuer: cluster.issuer, verify: 'both' } as const
const groups = ['system:serviceaccounts', 'system:serviceaccounts:agents', 'system:authenticated']

async function verified(token: string, changes: Partial<KubernetesConnection> = {}) {
  const outcome = await verifierOf(cluster, changes).verify(token)
  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
  return outcome
}

test('S5 1, S5-20 without an issuer the API server is asked, for our audience, and says who it is', async () => {
  const { claims, uid, tokenId, ...rest } = await verified(tokenFor())
  assert.deepEqual(
    cluster.reviews.map(({ audiences }) => audiences),
    [[AUDIENCE]],
  )
  assert.deepEqual(rest, {
    kind: 'kubernetes',
    teamspaceId: 'team-a',
    issuer: 'kubernetes:test',
    cluster: 'test',
    audience: AUDIENCE,
    subject: 'system:serviceaccount:agents:crawler',
    groups,
    serviceAccount: CRAWLER,
    scopes: [],
    expiresAtSeconds: NOW_MS / 1000 + 3600,
  })
  assert.match(uid!, /^[0-9a-f-]{36}$/)
  assert.equal(tokenId, claims['jti'])
})

test('S5 2, D-01 with an issuer its keys are enough: the API server gets no TokenReview', async () => {
  const token = tokenFor()
  const outcome = await verified(token, byOidc)
  assert.deepEqual([cluster.reviews.length, outcome.issuer], [0, 'kubernetes:test'])
  assert.deepEqual(await verified(token, { verify: 'tokenreview' }), outcome, 'both modes tell the same user')
  assert.equal(cluster.reviews.length, 1)
})

test('S5 5, S5-21 authenticated for other audiences, or for none, is not authenticated for us', async () => {
  const status = { authenticated: true, user: { username: 'system:serviceaccount:agents:crawler', groups } }
  for (const [audiences, code] of [
    [undefined, 'audience_missing'],
    [[], 'audience_missing'],
    [null, 'audience_missing'],
    [['other', `${AUDIENCE}x`], 'audience_unknown'],
  ] as const) {
    cluster.answerWith({ ...status, audiences })
    assert.equal(await codeOf(verifierOf(cluster), tokenFor()), code, JSON.stringify(audiences))
    const asApiServers = await codeOf(verifierOf(cluster, { audienceIsApiServers: true }), tokenFor())
    assert.equal(asApiServers, code === 'audience_missing' ? 'verified' : code)
  }
  cluster.answerWith({ ...status, audiences: ['other', AUDIENCE] })
  assert.equal(await codeOf(verifierOf(cluster), tokenFor()), 'verified')
})

test('S5 6 what the API server says of a bad token goes to the log, cut and without the token', async () => {
  const deleted = cluster.issueToken({ namespace: 'agents', name: 'gone', audiences: [AUDIENCE] })
  cluster.deleteAccount({ namespace: 'agents', name: 'gone' })
  assert.deepEqual(await reasonOf(verifierOf(cluster), deleted), {
    code: 'token_invalid',
    detail: 'TokenReview: [invalid bearer token, service account has been deleted]',
  })
  const token = tokenFor()
  cluster.answerWith({ authenticated: false, error: `bad\r\n${token} ${'x'.repeat(5000)}` })
  const { detail } = (await reasonOf(verifierOf(cluster), token))!
  assert.match(detail!, /^TokenReview: bad\?\?\[…\] x{100,200}$/)
})

test('S5 6 a tampered token and an unknown opaque one are refused by the API server', async () => {
  const [header, payload] = tokenFor().split('.')
  for (const token of [`${header}.${payload}.${'A'.repeat(342)}`, 'sha256~nobody', 'abcdef.0123456789abcdef']) {
    assert.equal(await codeOf(verifierOf(cluster), token), 'token_invalid')
  }
  assert.equal(cluster.reviews.length, 3)
})

test('S5 6 authenticated means the value true, and no error beside it', async () => {
  const user = { username: 'system:serviceaccount:agents:crawler', groups }
  for (const status of [
    { authenticated: 'true', audiences: [AUDIENCE], user },
    { authenticated: 1, audiences: [AUDIENCE], user },
    { audiences: [AUDIENCE], user },
    { authenticated: true, audiences: [AUDIENCE], user, error: 'cannot tell' },
    {},
  ]) {
    cluster.answerWith(status)
    assert.equal(await codeOf(verifierOf(cluster), tokenFor()), 'token_invalid', JSON.stringify(status))
  }
})

test('S5 8, S5-27, D-15 a JWT that is expired or for another audience is refused without a call', async () => {
  const { exp, ...timeless } = cluster.claimsFor({ ...CRAWLER, audiences: [AUDIENCE] })
  const offline: [claims: Record<string, unknown>, code: string][] = [
    [{ ...timeless, exp: NOW_MS / 1000 - 60 }, 'token_expired'],
    [timeless, 'claims_invalid'],
    [{ ...timeless, exp: '1' }, 'claims_invalid'],
    [{ ...timeless, exp, aud: 'other' }, 'audience_unknown'],
    [{ ...timeless, exp, aud: ['other', `${AUDIENCE}/`] }, 'audience_unknown'],
    [{ ...timeless, exp, aud: undefined }, 'audience_missing'],
    [{ ...timeless, exp, aud: { [AUDIENCE]: true } }, 'claims_invalid'],
    [{ ...timeless, exp, aud: 'other', denied: { code: 'token_missing' } }, 'audience_unknown'],
  ]
  for (const [claims, code] of offline) {
    assert.equal(await codeOf(verifierOf(cluster), cluster.signClaims(claims)), code, JSON.stringify(claims))
  }
  assert.equal(cluster.reviews.length, 0)
})

test('S5 8 an audience may be a string or a list, and a claim that is named like a refusal is none', async () => {
  const claims = cluster.claimsFor({ ...CRAWLER, audiences: [AUDIENCE] })
  for (const changes of [{ aud: AUDIENCE }, { aud: ['other', AUDIENCE] }, { denied: { code: 'token_missing' } }]) {
    assert.equal(await codeOf(verifierOf(cluster), cluster.signClaims({ ...claims, ...changes })), 'verified')
  }
})

test('S5-27 the check without a call accepts nothing: what passes it is still reviewed', async () => {
  const claims = cluster.claimsFor({ ...CRAWLER, audiences: [AUDIENCE] })
  const forged = [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  assert.equal(await codeOf(verifierOf(cluster), `${forged.join('.')}.c2ln`), 'token_invalid')
  assert.equal(cluster.reviews.length, 1)
})

test('X-06, X-07 what is no bearer token never reaches the API server', async () => {
  for (const token of ['', 'sha256~a b', 'sha256~é', 'a\nb', 'a"b', '..', 'a'.repeat(16385), 'a.b.c', 'e30.e30.!']) {
    for (const changes of [{}, byOidc, bothWays]) {
      assert.equal(await codeOf(verifierOf(cluster, changes), token), 'token_malformed', JSON.stringify(token))
    }
  }
  assert.equal(cluster.requests.length, 0)
})

test('S5-27 an opaque token is reviewed, and counts for a minute', async () => {
  const username = 'system:serviceaccount:agents:crawler'
  const token = cluster.issueOpaque({ username, groups, audiences: [AUDIENCE] })
  const { expiresAtSeconds, claims, subject } = await verified(token)
  assert.deepEqual([subject, expiresAtSeconds, claims], [username, NOW_MS / 1000 + 60, {}])
})

test('S5-26 users other than service accounts are refused unless the connection accepts them', async () => {
  const admin = cluster.issueOpaque({ username: 'admin', groups: ['system:masters'], audiences: [AUDIENCE] })
  assert.deepEqual(await reasonOf(verifierOf(cluster), admin), {
    code: 'claims_invalid',
    claim: 'sub',
    presented: 'admin',
    expected: 'system:serviceaccount:{namespace}:{name}',
  })
  const { subject, serviceAccount, groups } = await verified(admin, { acceptUsers: true })
  assert.deepEqual([subject, serviceAccount, groups], ['admin', undefined, ['system:masters']])
})

test('S5-26 nobody is nobody, and what only begins like a service account is none, even where users are accepted', async () => {
  for (const user of [
    { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    { username: 'system:unauthenticated' },
    { username: 'ada', groups: ['system:unauthenticated'] },
    { username: 'system:serviceaccount:' },
    { username: 'system:serviceaccount:agents' },
    { username: 'system:serviceaccount:agents:crawler:admin' },
    { username: 'system:serviceaccount:Agents:crawler' },
    { username: 'system:serviceaccount:agents:crawler/../admin' },
  ]) {
    const token = cluster.issueOpaque({ ...user, audiences: [AUDIENCE] })
    assert.equal(await codeOf(verifierOf(cluster, { acceptUsers: true }), token), 'claims_invalid', user.username)
  }
})

test('S5 9 the token of another cluster fails the review, and passes under the issuer of that cluster', async () => {
  await using other = await startKubernetesEmulator({ now: () => NOW_MS })
  const token = other.issueToken({ ...CRAWLER, audiences: [AUDIENCE] })
  assert.equal(await codeOf(verifierOf(cluster), token), 'token_invalid')
  assert.equal(await codeOf(verifierOf(cluster, byOidc), token), 'claims_invalid')
  assert.equal(await codeOf(verifierOf(cluster, { issuer: other.issuer }), token), 'verified')
})

test('S5 10, S5-36 with the issuer down nobody is asked instead, and it recovers by itself', async () => {
  for (const changes of [byOidc, bothWays]) {
    cluster.reviews.length = 0
    let now = NOW_MS
    const verifier = verifierOf(cluster, changes, () => now)
    cluster.failWith(503, 'discovery')
    await assert.rejects(async () => verifier.verify(tokenFor()), {
      name: 'VerificationFault',
      code: 'keys_unavailable',
    })
    assert.equal(cluster.reviews.length, 0)
    cluster.failWith(undefined, 'discovery')
    now += 1000
    assert.equal(await codeOf(verifier, tokenFor()), 'verified')
  }
})

test('S5-36 with the API server down the issuer is not asked instead', async () => {
  cluster.failWith(503)
  const changes = { ...byOidc, verify: 'tokenreview' } as const
  await assert.rejects(async () => verifierOf(cluster, changes).verify(tokenFor()), VerificationFault)
  assert.deepEqual(cluster.requests, ['POST /apis/authentication.k8s.io/v1/tokenreviews'])
})

test('S5-37 both: the keys first, then the review, and both must pass', async () => {
  const { groups: own, claims } = await verified(tokenFor(), bothWays)
  assert.deepEqual([own, claims['iss'], cluster.reviews.length], [groups, cluster.issuer, 1])

  const gone = cluster.issueToken({ namespace: 'agents', name: 'gone', audiences: [AUDIENCE] })
  cluster.deleteAccount({ namespace: 'agents', name: 'gone' })
  assert.equal(await codeOf(verifierOf(cluster, byOidc), gone), 'verified', 'keys alone cannot know')
  assert.equal(await codeOf(verifierOf(cluster, bothWays), gone), 'token_invalid')

  cluster.reviews.length = 0
  const opaque = cluster.issueOpaque({ username: 'system:serviceaccount:agents:crawler', audiences: [AUDIENCE] })
  assert.equal(await codeOf(verifierOf(cluster, bothWays), opaque), 'token_malformed')
  assert.equal(cluster.reviews.length, 0)

  cluster.failWith('disconnect')
  await assert.rejects(async () => verifierOf(cluster, bothWays).verify(tokenFor()), { code: 'review_unavailable' })
})

test('S5-37 both: the two must name the same user', async () => {
  const user = { username: 'system:serviceaccount:agents:other', groups }
  cluster.answerWith({ authenticated: true, audiences: [AUDIENCE], user })
  assert.deepEqual(await reasonOf(verifierOf(cluster, bothWays), tokenFor()), {
    code: 'claims_invalid',
    claim: 'sub',
    presented: 'system:serviceaccount:agents:crawler',
    expected: 'system:serviceaccount:agents:other',
  })
})

test('S5 11 by its issuer: no shared secret, no `none`, and no other key', async () => {
  const claims = cluster.claimsFor({ ...CRAWLER, audiences: [AUDIENCE] })
  for (const alg of ['none', 'HS256']) {
    assert.equal(await codeOf(verifierOf(cluster, byOidc), cluster.signClaims(claims, { alg })), 'token_invalid')
  }
  assert.equal(await codeOf(verifierOf(cluster, byOidc), await signWith(claims)), 'token_invalid')
})

test('S5-26 by its issuer: a name that the issuer does not bind to a service account makes none', async () => {
  const claims = cluster.claimsFor({ ...CRAWLER, audiences: [AUDIENCE] })
  const { uid } = (claims['kubernetes.io'] as { serviceaccount: { uid: string } }).serviceaccount
  const marked = { ...byOidc, acceptUsers: true, requiredScope: 'mcp.access' }
  for (const bound of [
    undefined,
    {},
    { namespace: 'agents' },
    { namespace: 'agents', serviceaccount: { name: 'other', uid } },
    { namespace: 'other', serviceaccount: { name: 'crawler', uid } },
  ]) {
    const token = cluster.signClaims({ ...claims, scope: 'mcp.access', 'kubernetes.io': bound })
    assert.deepEqual([await codeOf(verifierOf(cluster, marked), token)], ['claims_invalid'], JSON.stringify(bound))
  }
})

test('S5-30, S5-35 by an issuer of people: they are accepted when users are, with the scope that is asked for', async () => {
  await using idp = await startFakeIssuer('/realms/acme')
  const times = { iat: NOW_MS / 1000 - 1, exp: NOW_MS / 1000 + 300 }
  const token = await signWith(idp.claims({ ...times, sub: 'ada', typ: 'Bearer', groups: ['system:masters'] }))
  const changes = { issuer: idp.issuer, audience: idp.connection().audience, requiredScope: 'mcp.access' }
  assert.equal(await codeOf(verifierOf(cluster, changes), token), 'claims_invalid')
  const outcome = await verified(token, { ...changes, acceptUsers: true })
  assert.deepEqual([outcome.subject, outcome.groups, outcome.clientId], ['ada', [], 'client-1'])
  const admin = await signWith(idp.claims({ ...times, sub: 'system:admin', typ: 'Bearer' }))
  assert.equal(await codeOf(verifierOf(cluster, { ...changes, acceptUsers: true }), admin), 'claims_invalid')
  const more = { ...changes, acceptUsers: true, requiredScope: 'mcp.admin' }
  assert.equal(await codeOf(verifierOf(cluster, more), token), 'scope_insufficient')
})

test('S5-33 a connection that cannot be used is refused when the verifier is made', () => {
  const { cluster: own } = connectionTo(cluster)
  for (const changes of [
    { audience: '' },
    { audience: undefined },
    { teamspaceId: ' ' },
    { verify: 'none' },
    { verify: 'oidc' },
    { verify: 'both' },
    { issuer: 'http://id.example' },
    { cluster: { ...own, name: 'a b' } },
    { cluster: { ...own, server: 'http://10.0.0.1' } },
    { cluster: { ...own, server: 'https://user:secret@10.0.0.1' } },
    { cluster: { ...own, server: 'https://10.0.0.1?x' } },
    { cluster: { ...own, server: '' } },
  ]) {
    const connection = connectionTo(cluster, changes as Partial<KubernetesConnection>)
    assert.throws(() => createKubernetesVerifier(connection), TypeError, JSON.stringify(changes))
  }
  for (const timeoutSeconds of [0, -1, 61, NaN]) {
    const connection = connectionTo(cluster, { cluster: { ...own, timeoutSeconds } })
    assert.throws(() => createKubernetesVerifier(connection), RangeError)
  }
  assert.throws(() => createKubernetesVerifier(connectionTo(cluster), { clockToleranceSeconds: 301 }), RangeError)
})
