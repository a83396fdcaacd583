import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { forEachStore } from '../../../../../test/support/each-store.ts'
import { createSigningKeys, PUBLISHED_AHEAD_MS, REPLACED_AFTER_MS } from '../../exchange/signing-keys.ts'
import type { Store } from '../../store/store.ts'
import { createFederation } from './federation.ts'

const START = Date.parse('2030-01-01T00:00:00Z')
const TEAMSPACE = '0a1b2c3d-0000-4000-8000-000000000001'
const ISSUER = 'https://mcp.example/federation'

/** A replica: its own memory, on the clock that all of them share. */
const replica = (store: Store, clock: { now: number }) =>
  createFederation({ store, publicUrl: 'https://mcp.example', now: () => clock.now, log: () => undefined })

async function verify(federation: ReturnType<typeof createFederation>, jwt: string, now: number) {
  const keys = createLocalJWKSet({ keys: [...(await federation.published())] })
  return jwtVerify(jwt, keys, { algorithms: ['RS256'], issuer: ISSUER, currentDate: new Date(now) })
}

forEachStore(
  'S2E-02 S2E-03 an assertion proves one teamspace to one cloud, for minutes, and verifies',
  async (_t, open) => {
    const clock = { now: START }
    const federation = replica(await open(), clock)
    const jwt = await federation.sign(TEAMSPACE, ENTRA_CLOUDS.global)
    const { payload } = await verify(federation, jwt, clock.now)
    const { jti, iat = 0, nbf, exp = 0, ...said } = payload
    const aud = 'api://AzureADTokenExchange'
    assert.deepEqual(said, { iss: ISSUER, sub: `teamspace:${TEAMSPACE}`, aud })
    assert.deepEqual([nbf, exp - iat <= 600, exp * 1000 > START], [iat, true, true])
    const { payload: next } = await verify(federation, await federation.sign(TEAMSPACE, ENTRA_CLOUDS.global), clock.now)
    assert.notEqual(next.jti, jti)
    assert.deepEqual(federation.credentialFor(TEAMSPACE, undefined), {
      issuer: ISSUER,
      subject: said.sub,
      audience: aud,
    })
  },
)

test('M-02 each cloud has its own audience, by its address', async () => {
  const audienceOf = (authority: string) =>
    createFederation({ store: {} as Store, publicUrl: '', now: Date.now, log: () => undefined }).credentialFor('x', {
      authority,
    }).audience
  assert.equal(audienceOf(ENTRA_CLOUDS.usgov.authority), 'api://AzureADTokenExchangeUSGov')
  assert.equal(audienceOf(ENTRA_CLOUDS.china.authority), 'api://AzureADTokenExchangeChina')
  assert.equal(audienceOf('http://127.0.0.1:8082'), 'api://AzureADTokenExchange')
})

forEachStore(
  'S2E-03 its keys are RS256, sealed, the same on all replicas, and not those that sign for callers',
  async (_t, open) => {
    const clock = { now: START }
    const store = await open()
    const federation = replica(store, clock)
    const [key, ...others] = await federation.published()
    assert.equal(others.length, 0)
    assert.deepEqual(Object.keys(key!).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
    assert.deepEqual(await replica(store, clock).published(), [key])
    const identity = await createSigningKeys({ store, now: () => clock.now, log: () => undefined }).published()
    assert.deepEqual([identity.length, identity[0]!.alg], [1, 'ES256'])
    const rows = await store.db.selectFrom('signing_key').selectAll().orderBy('purpose').execute()
    assert.deepEqual(
      rows.map(({ purpose, generation }) => [purpose, generation]),
      [
        ['federation', 1],
        ['identity', 1],
      ],
    )
    // Whoever can write to the table cannot make a key of one purpose sign for the other.
    await store.db.deleteFrom('signing_key').where('purpose', '=', 'identity').execute()
    await store.db.updateTable('signing_key').set({ purpose: 'identity' }).execute()
    const moved = createSigningKeys({ store, now: () => clock.now, log: () => undefined })
    await assert.rejects(async () => moved.published(), /could not be opened/)
  },
)

forEachStore(
  'B-33 a key is replaced without a gap: published days ahead, and until its last assertion has ended',
  async (_t, open) => {
    const clock = { now: START }
    const store = await open()
    const federation = replica(store, clock)
    const kidOf = async () => decodeProtectedHeader(await federation.sign(TEAMSPACE, ENTRA_CLOUDS.global)).kid
    const first = await kidOf()
    clock.now += REPLACED_AFTER_MS
    const published = (await federation.published()).map(({ kid }) => kid)
    assert.equal(published.length, 2)
    assert.deepEqual([published[0], await kidOf()], [first, first])
    clock.now += PUBLISHED_AHEAD_MS
    const last = await replica(store, { now: clock.now - 1_000 }).sign(TEAMSPACE, ENTRA_CLOUDS.global)
    const second = await kidOf()
    assert.deepEqual([decodeProtectedHeader(last).kid, second], [first, published[1]])
    clock.now += 4 * 60_000
    await verify(federation, last, clock.now)
  },
)
