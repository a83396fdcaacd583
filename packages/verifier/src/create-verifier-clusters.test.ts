import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { NOW_SECONDS } from '../test/fake-entra.ts'
import { signWith, startFakeIssuer } from '../test/fake-issuer.ts'
import { createVerifier } from './create-verifier.ts'
import { deny, isDenied, type Denial } from './denial.ts'
import type { OidcConnection } from './oidc/connection.ts'
import type { VerifiedToken } from './verified-token.ts'

const idp = await startFakeIssuer()
after(() => idp[Symbol.asyncDispose]())
let nowMs = NOW_SECONDS * 1000
beforeEach(() => (nowMs = NOW_SECONDS * 1000))

const EXPIRES_IN_SECONDS = 300

/** A cluster beside OpenID Connect issuers, none of which is connected yet; both note that they were asked. */
function clusterBesideIssuers() {
  const asked: string[] = []
  const connections: OidcConnection[] = []
  let hold: Promise<unknown> | undefined
  const vouch = (place = ''): VerifiedToken<'kubernetes'> | Denial =>
    place === 'elsewhere'
      ? deny({ code: 'token_invalid', detail: '' })
      : {
          kind: 'kubernetes',
          teamspaceId: place,
          issuer: 'kubernetes:test',
          cluster: 'test',
          audience: 'sallyport',
          subject: 'system:serviceaccount:agents:crawler',
          groups: [],
          scopes: [],
          expiresAtSeconds: nowMs / 1000 + EXPIRES_IN_SECONDS,
          claims: {},
        }
  const verifier = createVerifier({
    now: () => nowMs,
    oidc: { connections: { find: (issuer) => (asked.push('issuer'), connections.filter((c) => c.issuer === issuer)) } },
    kubernetes: {
      verify(_accessToken, place) {
        asked.push('cluster')
        return hold ? hold.then(() => vouch(place)) : vouch(place)
      },
      forget() {},
    },
  })
  const ask = async (accessToken: string, place?: string) => {
    asked.length = 0
    const outcome = await verifier.verify(accessToken, { place })
    return [isDenied(outcome) ? outcome.denied.code : outcome.kind, ...asked]
  }
  return {
    verifier,
    ask,
    connect(connection: OidcConnection) {
      connections.push(connection)
      verifier.forget()
    },
    /** The cluster answers once the function that this answers is called. */
    holdCluster(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      hold = promise
      return () => ((hold = undefined), resolve())
    },
  }
}

test('a token that a cluster vouched for is shown to it again without asking whose it is, there and for a minute', async () => {
  const { verifier, ask } = clusterBesideIssuers()
  const accessToken = await signWith(idp.claims())
  assert.deepEqual(await ask(accessToken, 'here'), ['kubernetes', 'issuer', 'cluster'])
  assert.deepEqual(await ask(accessToken, 'here'), ['kubernetes', 'cluster'])
  assert.ok(!(verifier.verify(accessToken, { place: 'here' }) instanceof Promise))

  assert.deepEqual(await ask(accessToken, 'there'), ['kubernetes', 'issuer', 'cluster'])
  nowMs += 60_000
  assert.deepEqual(await ask(accessToken, 'here'), ['kubernetes', 'issuer', 'cluster'])
})

test('what a cluster refused is not noted as its own', async () => {
  const { ask } = clusterBesideIssuers()
  const accessToken = await signWith(idp.claims())
  for (let i = 0; i < 2; i++)
    assert.deepEqual(await ask(accessToken, 'elsewhere'), ['token_invalid', 'issuer', 'cluster'])
})

test('D-11 where no cluster counts, a token that one vouched for elsewhere is shown to none', async () => {
  const { verifier, ask } = clusterBesideIssuers()
  const accessToken = await signWith(idp.claims())
  assert.deepEqual(await ask(accessToken), ['kubernetes', 'issuer', 'cluster'])
  const outcome = await verifier.verify(accessToken, { accept: new Set(['oidc']) })
  assert.equal(isDenied(outcome) && outcome.denied.code, 'claims_invalid')
})

test('B-12 an issuer that is connected meanwhile judges its tokens, those in flight at the cluster included', async () => {
  const { ask, connect, holdCluster } = clusterBesideIssuers()
  const [known, inFlight] = [await signWith(idp.claims()), await signWith(idp.claims({ jti: 'in flight' }))]
  assert.deepEqual(await ask(known), ['kubernetes', 'issuer', 'cluster'])
  const release = holdCluster()
  const flight = ask(inFlight)
  connect(idp.connection())
  release()
  assert.equal((await flight)[0], 'kubernetes', 'it came while nobody had connected the issuer')
  for (const accessToken of [known, inFlight]) assert.equal((await ask(accessToken))[0], 'oidc')
})
