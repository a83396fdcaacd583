import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { compactJws } from '../../support/entra-tokens.ts'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'
import { CRAWLER, startKubernetesGate } from './support.ts'

const withIssuer = (issuer: string) => () => `{ requireOauth: true, authorizationUrl: '${issuer}' }`

/** A person's access token of a plain identity provider, which knows nothing of clusters. */
const peoplesClaims = (issuer: string, audience: string) => ({
  iss: issuer,
  sub: 'alice@example.com',
  aud: audience,
  scope: 'openid mcp',
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 600,
})

describe('S5: tokens that the keys of an issuer verify', () => {
  test('S5 2 with authorization-url the issuer verifies, and the API server is never asked', async () => {
    await using idp = await startKubernetesEmulator()
    await using gate = await startKubernetesGate({ section: withIssuer(idp.url) })
    const claims = peoplesClaims(idp.issuer, gate.audience)
    await expectAllowed(gate, () => gate.call(idp.signClaims(claims)))
    await expectAllowed(gate, () => gate.call(idp.issueToken({ ...CRAWLER, audiences: [gate.audience] })))
    await expectRefusal(gate, () => gate.call(idp.signClaims({ ...claims, exp: claims.iat - 61 })), { status: 401 })
    await expectRefusal(gate, () => gate.call(idp.signClaims({ ...claims, aud: 'account' })), { status: 401 }) // S5-34
    await expectRefusal(gate, () => gate.call(gate.tokenFor()), { status: 401 }) // the cluster's own issuer
    await expectRefusal(gate, () => gate.call('sha256~opaque'), { status: 401 })
    assert.deepEqual(gate.api.requests, [])
  })

  test('S5-37 verify both: the issuer first, then the API server, and each can refuse', async () => {
    await using gate = await startKubernetesGate({
      section: ({ api }) => `{ requireOauth: true, authorizationUrl: '${api}', verify: both }`,
    })
    const token = gate.tokenFor()
    const asked = gate.api.reviews.length
    await expectAllowed(gate, () => gate.call(token))
    assert.equal(gate.api.reviews.length, asked + 1)
    const deleted = gate.tokenFor({ namespace: 'agents', name: 'deleted' })
    gate.api.deleteAccount({ namespace: 'agents', name: 'deleted' })
    await expectRefusal(gate, () => gate.call(deleted), { status: 401 })
  })

  test('S5 9 the token of another cluster fails under TokenReview and passes under the issuer of its own', async () => {
    await using other = await startKubernetesEmulator()
    await using gate = await startKubernetesGate()
    const foreign = () => other.issueToken({ ...CRAWLER, audiences: [gate.audience] })
    await expectRefusal(gate, () => gate.call(foreign()), { status: 401 })
    const own = { kind: 'kubernetes', cluster: 'prod', audience: `${gate.publicUrl}/t/globex/mcp` }
    await gate.admin.must('POST', '/teamspaces', { slug: 'globex', name: 'Globex' })
    const jit = { claim: 'namespace', values: ['agents'] }
    await gate.admin.must('PUT', '/teamspaces/globex/connections/kubernetes', { ...own, issuer: other.issuer, jit })
    const url = `${gate.publicUrl}/t/globex/mcp`
    const asked = gate.api.reviews.length
    const token = (namespace: string) => other.issueToken({ namespace, name: 'x', audiences: [own.audience] })
    await expectAllowed(gate, () => gate.call(token('agents'), { url }))
    await expectRefusal(gate, () => gate.call(token('strangers'), { url }), { status: 401, code: 'member_unknown' })
    // What opens one teamspace opens no other.
    await expectRefusal(gate, () => gate.call(token('agents')), { status: 401 })
    assert.equal(gate.api.reviews.length, asked)
  })

  test('S5 10 the issuer is down at start: not ready, 503, nobody else is asked; it recovers without a restart', async () => {
    await using idp = await startKubernetesEmulator()
    idp.failWith(503, 'discovery')
    await using gate = await startKubernetesGate({ section: withIssuer(idp.url), startsUnready: true })
    const token = idp.signClaims(peoplesClaims(idp.issuer, gate.audience))
    assert.equal(await gate.isReady(), false)
    assert.equal((await fetch(`${gate.publicUrl}/healthz`)).status, 200)
    await expectFault(gate, () => gate.call(token), 'keys_unavailable')
    assert.deepEqual(gate.api.requests, [])
    idp.failWith(undefined, 'discovery')
    const deadline = performance.now() + 8_000
    while (!(await gate.isReady()) && performance.now() < deadline) await sleep(50)
    assert.equal(await gate.isReady(), true)
    await expectAllowed(gate, () => gate.call(token))
    assert.deepEqual(gate.api.requests, [])
  })

  test('S5 11 HS256 and none are refused; an issuer that names itself otherwise is not ready, with both names in the log', async () => {
    await using idp = await startKubernetesEmulator()
    await using gate = await startKubernetesGate({ section: withIssuer(idp.url) })
    const claims = peoplesClaims(idp.issuer, gate.audience)
    const { keys } = (await (await fetch(idp.keysUrl)).json()) as { keys: { kid: string; n: string }[] }
    const hmac = (input: Buffer) => createHmac('sha256', keys[0]!.n).update(input).digest()
    for (const forged of [
      compactJws({ alg: 'HS256', kid: keys[0]!.kid }, claims, hmac),
      compactJws({ alg: 'none' }, claims, () => Buffer.alloc(0)),
      compactJws({ alg: 'none', kid: keys[0]!.kid }, claims, () => Buffer.alloc(256)),
    ]) {
      await expectRefusal(gate, () => gate.call(forged), { status: 401 })
    }

    await using liar = await startKubernetesEmulator()
    const named = 'https://somebody.else.example'
    const body = JSON.stringify({ issuer: named, jwks_uri: liar.keysUrl })
    liar.failWith({ status: 200, headers: { 'content-type': 'application/json' }, body }, 'discovery')
    await using second = await startKubernetesGate({ section: withIssuer(liar.url), startsUnready: true })
    while (!second.logged.some((line) => line.includes('Not ready'))) await sleep(10)
    assert.equal(await second.isReady(), false)
    const [line] = second.logged.filter((text) => text.includes('Not ready'))
    assert.ok(line!.includes(liar.url) && line!.includes(named), line)
    const token = liar.signClaims(peoplesClaims(liar.issuer, second.audience))
    await expectFault(second, () => second.call(token), 'keys_unavailable')
  })
})
