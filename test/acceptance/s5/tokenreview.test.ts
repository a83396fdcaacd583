import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, afterEach, before, describe, test } from 'node:test'
import { createLoopbackCertificate } from '../../../packages/verifier/test/certificate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'
import { CRAWLER, startKubernetesGate } from './support.ts'
import type { KubernetesGate } from './support.ts'

describe('S5: tokens that the API server reviews', () => {
  let gate: KubernetesGate
  before(async () => void (gate = await startKubernetesGate()))
  after(() => gate[Symbol.asyncDispose]())
  afterEach(() => {
    gate.api.answerWith(undefined)
    gate.api.failWith(undefined)
  })

  test('S5 1 require-oauth without authorization-url: the API server reviews the token for our audience, and the call goes through', async () => {
    const token = gate.tokenFor()
    const asked = gate.api.reviews.length
    await expectAllowed(gate, () => gate.call(token))
    const reviews = gate.api.reviews.slice(asked)
    assert.deepEqual(
      reviews.map(({ token, audiences }) => ({ token, audiences })),
      [{ token, audiences: [`${gate.publicUrl}/mcp`] }],
    )
    const forwarded = gate.upstream.seen.at(-1)!
    assert.equal(forwarded.headers.authorization, undefined, 'the token goes no further (S5-50)')
    await expectAllowed(gate, () => gate.call(token))
    assert.equal(gate.api.reviews.length, asked + 1, 'reviewed once a minute at most (S5-25)')
  })

  test('S5-02 whoever the cluster authenticates is a member from their first call on, by their service account', async () => {
    const token = gate.tokenFor({ namespace: 'ci', name: 'deployer' })
    await expectAllowed(gate, () => gate.call(token))
    const { members } = await gate.admin.must('GET', '/teamspaces/default/members')
    const made = members.find(({ subject }: { subject: string }) => subject === 'system:serviceaccount:ci:deployer')
    assert.deepEqual([made.issuer, made.sources, made.role], ['kubernetes:prod', ['jit'], 'developer'])
    await gate.sallyport.flushAudit()
    const { events } = await gate.admin.must('GET', '/audit?limit=20')
    const row = events.find((event: any) => event.memberId === made.id && event.server === 'k8s')
    assert.deepEqual([row.subject, row.issuer, row.decision], [made.subject, 'kubernetes:prod', 'allowed'])
  })

  test('S5 5 authenticated, but for other audiences or for none that is named: 401', async () => {
    const user = { username: 'system:serviceaccount:agents:crawler', uid: 'u', groups: [] }
    for (const audiences of [['https://kubernetes.default.svc'], [], undefined]) {
      gate.api.answerWith({ authenticated: true, user, ...(audiences && { audiences }) })
      await expectRefusal(gate, () => gate.call(gate.tokenFor()), { status: 401 })
    }
    gate.api.answerWith(undefined)
    await expectAllowed(gate, () => gate.call(gate.tokenFor()))
  })

  test('S5 6 not authenticated: 401, and the words of the API server stay in the audit row', async () => {
    const secret = 'canary: the token was revoked by alice'
    gate.api.answerWith({ user: {}, error: secret })
    const answer = await expectRefusal(gate, () => gate.call(gate.tokenFor()), {
      status: 401,
      code: 'token_invalid',
      says: 'Invalid token',
    })
    gate.api.answerWith(undefined)
    assert.ok(!JSON.stringify([answer.body, ...answer.headers]).includes('canary'))
    await gate.sallyport.flushAudit()
    const { events } = await gate.admin.must('GET', '/audit?limit=1')
    assert.equal(events[0].detail.detail, `TokenReview: ${secret}`)
  })

  test('S5 7 an API server that cannot say is 503 and never 401, and nothing of it is remembered', async () => {
    const token = gate.tokenFor({ namespace: 'agents', name: 'patient' })
    for (const failure of [
      401,
      403,
      500,
      503,
      'hang',
      'disconnect',
      { status: 201, body: '{"kind":"Pod"}' },
    ] as const) {
      gate.api.failWith(failure)
      await expectFault(gate, () => gate.call(token), 'review_unavailable')
    }
    gate.api.failWith(undefined)
    await expectAllowed(gate, () => gate.call(token))
    const log = gate.logged.join('')
    assert.match(log, /system:auth-delegator/, 'the operator learns what to grant (S5-22)')
    assert.ok(!log.includes(token))
  })

  test('S5 8 an expired JWT or one for others is refused without a call; `aud` as a string and as a list both work', async () => {
    const claims = gate.api.claimsFor({ ...CRAWLER, audiences: [gate.audience] })
    const now = Math.floor(Date.now() / 1000)
    const asked = gate.api.requests.length
    for (const change of [{ exp: now - 61 }, { aud: 'kubernetes-mcp-server' }, { aud: ['a', 'b'] }, { aud: [] }]) {
      await expectRefusal(gate, () => gate.call(gate.api.signClaims({ ...claims, ...change })), { status: 401 })
    }
    const { exp: _, ...endless } = claims
    await expectRefusal(gate, () => gate.call(gate.api.signClaims(endless)), { status: 401 }) // D-15
    assert.equal(gate.api.requests.length, asked)
    for (const aud of [gate.audience, [gate.audience], ['other', gate.audience]]) {
      await expectAllowed(gate, () => gate.call(gate.api.signClaims({ ...claims, aud })))
    }
  })

  test('S5-27 an opaque token has nothing to check before, and is reviewed', async () => {
    const username = 'system:serviceaccount:agents:opaque'
    const token = gate.api.issueOpaque({ username, audiences: [gate.audience] })
    await expectAllowed(gate, () => gate.call(token))
    await expectRefusal(gate, () => gate.call('sha256~unknown'), { status: 401 })
    // Static tokens know the API server's audience only, and would open the gate to whoever may call the cluster.
    await expectRefusal(gate, () => gate.call(gate.api.issueOpaque({ username: 'admin' })), { status: 401 })
  })

  test('B-12 the path says whose cluster is asked: a teamspace without one takes no tokens of any', async () => {
    await gate.admin.must('POST', '/teamspaces', { slug: 'globex', name: 'Globex' })
    const asked = gate.api.reviews.length
    const url = `${gate.publicUrl}/t/globex/mcp`
    await expectRefusal(gate, () => gate.call(gate.tokenFor(), { url }), {
      status: 401,
      code: 'credential_kind_refused',
      withoutSignIn: true,
    })
    assert.equal(gate.api.reviews.length, asked)
    await expectAllowed(gate, () => gate.call(gate.tokenFor(), { url: `${gate.publicUrl}/t/default/mcp` }))
  })

  test('S5-26 nobody in particular is nobody', async () => {
    for (const username of ['system:anonymous', 'system:unauthenticated']) {
      const token = gate.api.issueOpaque({ username, groups: [], audiences: [gate.audience] })
      await expectRefusal(gate, () => gate.call(token), { status: 401 })
    }
  })
})

describe('S5: the API server over TLS', () => {
  let gate: KubernetesGate
  before(async () => void (gate = await startKubernetesGate({ tls: true })))
  after(() => gate[Symbol.asyncDispose]())

  test('S5 14 the token file is rotated on disk: the next review presents the new one', async () => {
    await expectAllowed(gate, () => gate.call(gate.tokenFor()))
    gate.api.rotateReviewer('reviewer-credential-2')
    await expectFault(gate, () => gate.call(gate.tokenFor({ namespace: 'a', name: 'b' })), 'review_unavailable')
    await writeFile(gate.tokenFile, 'reviewer-credential-2')
    await expectAllowed(gate, () => gate.call(gate.tokenFor({ namespace: 'a', name: 'b' })))
    assert.equal(gate.api.reviews.at(-1)?.reviewer, 'reviewer-credential-2')
  })

  test('S5-28 tokens are sent to the API server of the configured authority and to nobody who redirects there', async () => {
    const token = gate.tokenFor({ namespace: 'agents', name: 'careful' })
    const trusted = gate.api.reviews.length
    const own = await readFile(gate.caFile, 'utf8')
    await writeFile(gate.caFile, createLoopbackCertificate().cert)
    await expectFault(gate, () => gate.call(token), 'review_unavailable')
    assert.equal(gate.api.reviews.length, trusted, 'the token did not leave')
    await writeFile(gate.caFile, own)
    const elsewhere = gate.upstream.seen.length
    gate.api.failWith({ status: 307, headers: { location: gate.upstream.url }, body: '' })
    await expectFault(gate, () => gate.call(token), 'review_unavailable')
    gate.api.failWith(undefined)
    assert.equal(gate.upstream.seen.length, elsewhere)
    await expectAllowed(gate, () => gate.call(token))
  })
})
