import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGuardedFetch } from '../../apps/sallyport/src/http/guarded-fetch.ts'
import type { GuardedFetchOptions } from '../../apps/sallyport/src/http/guarded-fetch.ts'

type Lookup = NonNullable<GuardedFetchOptions['lookup']>

/** Names whose servers answer when they are told to, as an attacker's may. */
function createSlowNames() {
  const asked: string[] = []
  const held: (() => void)[] = []
  const lookup: Lookup = (hostname, _options, done) => {
    asked.push(hostname)
    held.push(() => done(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []))
  }
  return { asked, lookup, answer: () => held.shift()?.() }
}

const ask = (guarded: typeof fetch, host: string) =>
  guarded(`https://${host}/`, { signal: AbortSignal.timeout(50) }).catch((error: Error) => error.name)

test('hanging names: an issuer whose name is never resolved holds one thread, at however many ports it is asked', async () => {
  const names = createSlowNames()
  const guarded = createGuardedFetch({ lookup: names.lookup })
  for (let round = 0; round < 2; round++) {
    await Promise.all(Array.from({ length: 8 }, (_, index) => ask(guarded, `never.example:${4430 + index}`)))
  }
  assert.deepEqual(names.asked, ['never.example'])
  names.answer()
})

test('hanging names: many such issuers leave threads for all else, and each has its turn', async () => {
  const names = createSlowNames()
  const guarded = createGuardedFetch({ lookup: names.lookup })
  const hosts = Array.from({ length: 6 }, (_, index) => `${index}.example`)
  const asking = Promise.all(hosts.map((host) => ask(guarded, host)))
  await sleep(10)
  assert.equal(names.asked.length, 2)
  await asking
  assert.equal(names.asked.length, 2)
  for (let answered = 0; answered < hosts.length; answered++) names.answer()
  assert.deepEqual(names.asked, hosts)
})
