import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { makeFirstLink, makeResetLink } from './console-link.ts'
import { createPasswords, PasswordsBusy } from './passwords.ts'
import type { SignInDeps } from './sign-in-deps.ts'
import { signInWithPassword } from './sign-in-with-password.ts'
import { useLink } from './use-link.ts'

const CHEAP = { memoryKib: 64, passes: 1, parallelism: 1 }
const PASSWORD = 'correct horse battery'
const BROWSER = { address: undefined, agent: undefined, previous: undefined }

test('a password is hashed with a salt of its own, and known again', async () => {
  const passwords = createPasswords(CHEAP)
  const [one, other] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)]
  assert.notEqual(one, other)
  assert.match(one, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.deepEqual(await passwords.verify(PASSWORD, one), { isRight: true, isOutdated: false })
  assert.equal((await passwords.verify(`${PASSWORD} `, one)).isRight, false)
  assert.equal((await passwords.verify(PASSWORD.toUpperCase(), one)).isRight, false)
})

test('a password is the same from every keyboard (NFKC)', async () => {
  const passwords = createPasswords(CHEAP)
  const stored = await passwords.hash('pass\u00e9 compos\u00e9 \ufb01n')
  assert.equal((await passwords.verify('passe\u0301 compose\u0301 fin', stored)).isRight, true)
})

test("nobody's password is never right, and costs as much", async () => {
  const slow = createPasswords({ ...CHEAP, memoryKib: 16 * 1024 })
  const stored = await slow.hash(PASSWORD)
  const best: [nobodys: number, somebodys: number] = [Infinity, Infinity]
  for (let round = 0; round < 8; round++) {
    for (const [index, record] of [undefined, stored].entries()) {
      const began = performance.now()
      assert.equal((await slow.verify(PASSWORD, record)).isRight, record !== undefined)
      best[index] = Math.min(best[index]!, performance.now() - began)
    }
  }
  assert.ok(best[0] > best[1] / 2, `${best[0]} ms and ${best[1]} ms`)
})

test('a hash that was tampered with is a fault, and computes nothing', async () => {
  const passwords = createPasswords(CHEAP)
  const stored = await passwords.hash(PASSWORD)
  for (const text of [
    '',
    'plain',
    stored.replace('m=64', 'm=9999999'),
    stored.replace('argon2id', 'argon2i'),
    `${stored}A`,
  ]) {
    await assert.rejects(passwords.verify(PASSWORD, text), /cannot be read/)
  }
})

test('two are computed at a time and few wait; whoever comes then is told so at once', async () => {
  const passwords = createPasswords({ ...CHEAP, memoryKib: 4 * 1024 })
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash(PASSWORD)))
  const refused = all.filter((one) => one.status === 'rejected')
  assert.equal(refused.length, 60 - 2 - 32)
  assert.ok(refused.every(({ reason }) => reason instanceof PasswordsBusy))
  await passwords.hash(PASSWORD) // and nobody's turn was lost
})

test('the event loop goes on while a password is hashed', async () => {
  let ticks = 0
  const ticking = setInterval(() => (ticks += 1), 1)
  await createPasswords({ ...CHEAP, memoryKib: 64 * 1024, passes: 3 }).hash(PASSWORD)
  clearInterval(ticking)
  assert.ok(ticks > 5, `${ticks} ticks`)
})

forEachStore('a hash of another cost is replaced by the next sign-in, and by no wrong one', async (_t, open) => {
  const store = await open()
  const deps: SignInDeps = {
    store,
    rules: { sessionHours: 8, idleMinutes: 60 },
    operators: [],
    passwords: createPasswords(CHEAP),
    now: Date.now,
  }
  const email = 'olga@sallyport.example'
  const secret = (await makeFirstLink(store, deps))!
  assert.ok('signedIn' in (await useLink(deps, { secret, email, password: PASSWORD, browser: BROWSER })))
  assert.equal(await makeFirstLink(store, deps), undefined)

  const dearer = { ...deps, passwords: createPasswords({ ...CHEAP, passes: 2 }) }
  const storedHash = async () => {
    const row = await store.db.selectFrom('console_account').select('password_hash').executeTakeFirstOrThrow()
    return row.password_hash!
  }
  const before = await storedHash()
  const wrong = await signInWithPassword(dearer, { email, password: 'wrong password', browser: BROWSER })
  assert.deepEqual([wrong, await storedHash()], [{ notSignedIn: 'wrong' }, before])
  for (let round = 0; round < 2; round++) {
    assert.ok('signedIn' in (await signInWithPassword(dearer, { email, password: PASSWORD, browser: BROWSER })))
    assert.match(await storedHash(), /m=64,t=2,p=1/)
  }
})

forEachStore('a password that is reset while the old one is checked signs nobody in', async (_t, open) => {
  const store = await open()
  const passwords = createPasswords(CHEAP)
  const deps: SignInDeps = {
    store,
    rules: { sessionHours: 8, idleMinutes: 60 },
    operators: [],
    passwords,
    now: Date.now,
  }
  const email = 'olga@sallyport.example'
  const use = async (secret: string, password: string) => useLink(deps, { secret, email, password, browser: BROWSER })
  await use((await makeFirstLink(store, deps))!, PASSWORD)
  const slowed = {
    ...deps,
    passwords: {
      ...passwords,
      verify: async (password: string, stored: string | undefined) => {
        const verified = await passwords.verify(password, stored)
        await use(await makeResetLink(store, { ...deps, actor: 'operator' }), 'another horse battery')
        return verified
      },
    },
  }
  const outcome = await signInWithPassword(slowed, { email, password: PASSWORD, browser: BROWSER })
  assert.deepEqual(outcome, { notSignedIn: 'wrong' })
})
