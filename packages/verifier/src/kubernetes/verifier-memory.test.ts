import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { AUDIENCE, codeOf, CRAWLER, NOW_MS, verifierOf } from '../../test/kubernetes-verifier.ts'

let nowMs = NOW_MS
const now = () => nowMs
const cluster = await startKubernetesEmulator({ now })
after(() => cluster[Symbol.asyncDispose]())
beforeEach(() => {
  nowMs = NOW_MS
  cluster.answerWith(undefined)
  cluster.reviews.length = 0
})

const tokenOf = (expiresInSeconds = 3600) => cluster.issueToken({ ...CRAWLER, audiences: [AUDIENCE], expiresInSeconds })
const inSeconds = (seconds: number) => (nowMs = NOW_MS + seconds * 1000)

test('S5-25 what the API server accepted is remembered for a minute, then asked again', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const token = tokenOf()
  for (const [seconds, reviews] of [
    [0, 1],
    [59, 1],
    [60, 2],
    [119, 2],
  ] as const) {
    inSeconds(seconds)
    assert.equal(await codeOf(verifier, token), 'verified')
    assert.equal(cluster.reviews.length, reviews, `after ${seconds} s`)
  }
})

test('S5-25 the account of a token that is remembered may be gone: within a minute it is refused', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const token = cluster.issueToken({ namespace: 'agents', name: 'gone', audiences: [AUDIENCE] })
  await verifier.verify(token)
  cluster.deleteAccount({ namespace: 'agents', name: 'gone' })
  inSeconds(60)
  assert.equal(await codeOf(verifier, token), 'token_invalid')
})

test('S5-25 nothing is remembered beyond the end of the token', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const token = tokenOf(5)
  await verifier.verify(token)
  inSeconds(4.9)
  await verifier.verify(token)
  assert.equal(cluster.reviews.length, 1)
  inSeconds(5)
  assert.equal(await codeOf(verifier, token), 'token_invalid', 'the API server allows no tolerance')
  assert.equal(cluster.reviews.length, 2)
})

test('S5-25 a refusal is remembered for ten seconds, and not longer when the clock is set back', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const ask = async (seconds: number, reviews: number) => {
    inSeconds(seconds)
    assert.equal(await codeOf(verifier, 'sha256~unknown'), 'token_invalid')
    assert.equal(cluster.reviews.length, reviews, `after ${seconds} s`)
  }
  await ask(0, 1)
  await ask(9.9, 1)
  await ask(10, 2)
  await ask(-3600, 3)
})

test('S5-25 callers that present one token at once share one review', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const token = tokenOf()
  const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(verifier, token)))
  assert.deepEqual([new Set(codes), cluster.reviews.length], [new Set(['verified']), 1])
})

test('S5-25 forget() empties both memories, also of what was asked before and is answered after it', async () => {
  const verifier = verifierOf(cluster, {}, now)
  const token = tokenOf()
  const [accepted, refused] = [verifier.verify(token), verifier.verify('sha256~unknown')]
  verifier.forget()
  await Promise.all([accepted, refused])
  await Promise.all([verifier.verify(token), verifier.verify('sha256~unknown')])
  assert.equal(cluster.reviews.length, 4)
  verifier.forget()
  await Promise.all([verifier.verify(token), verifier.verify('sha256~unknown')])
  assert.equal(cluster.reviews.length, 6)
})

test('what is remembered cannot be changed by one caller for the next', async () => {
  const outcome: object = await verifierOf(cluster, {}, now).verify(tokenOf())
  assert.throws(() => ((outcome as { groups: string[] }).groups[0] = 'system:masters'), TypeError)
  assert.throws(() => ((outcome as { serviceAccount: { name: string } }).serviceAccount.name = 'admin'), TypeError)
})
