import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createVerifier, isDenied } from '@sallyport/verifier'
import type { Denial, TokenKind, VerifiedToken, Verifier } from '@sallyport/verifier'
import {
  API,
  connection,
  NOW_SECONDS,
  signToken,
  startFakeEntra,
  userClaims,
} from '../../packages/verifier/test/fake-entra.ts'
import { signWith, startFakeIssuer } from '../../packages/verifier/test/fake-issuer.ts'

const [entra, idp] = [await startFakeEntra(), await startFakeIssuer()]
after(() => Promise.all([entra[Symbol.asyncDispose](), idp[Symbol.asyncDispose]()]))

const OIDC_ONLY: ReadonlySet<TokenKind> = new Set(['oidc'])
const ENTRA_ONLY: ReadonlySet<TokenKind> = new Set(['entra'])
const BOTH: ReadonlySet<TokenKind> = new Set(['entra', 'oidc'])

/** The attacker's own teamspace connects the victim's Entra tenant as a plain issuer, and asks no scope of its tokens. */
const lax = idp.connection({
  teamspaceId: 'attackers',
  issuer: entra.issuer(),
  audience: API,
  requiredScope: null,
  keysUrl: entra.authority + entra.keysPath(),
})

function createDoor() {
  const oidc = new Map([idp.connection(), lax].map((known) => [known.issuer, [known]]))
  let hold: Promise<void> | undefined
  const later = <Value>(value: Value): Value | Promise<Value> => (hold ? hold.then(() => value) : value)
  const known = connection()
  const verifier = createVerifier({
    now: () => NOW_SECONDS * 1000,
    entra: { clouds: entra.clouds, connections: { find: () => later(known) } },
    oidc: { connections: { find: (issuer) => later(oidc.get(issuer) ?? []) } },
  })
  return {
    verifier,
    disconnect: (issuer: string) => void oidc.delete(issuer),
    /** Look-ups answer what was known when they were asked, once the function that this answers is called. */
    holdLookUps(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      hold = promise
      return () => ((hold = undefined), resolve())
    },
  }
}

const said = (outcome: VerifiedToken | Denial) =>
  isDenied(outcome) ? outcome.denied.code : `${outcome.kind} of ${outcome.teamspaceId}`

const ask = async (verifier: Verifier, accessToken: string, accept: ReadonlySet<TokenKind>) =>
  said(await verifier.verify(accessToken, { accept }))

test('cache across places: a token that passed where Entra is a plain issuer is judged anew where Entra counts', async () => {
  const [good, scopeless] = [await signToken(userClaims(entra)), await signToken(userClaims(entra, { scp: 'other' }))]
  const { verifier } = createDoor()
  assert.equal(await ask(verifier, good, OIDC_ONLY), 'oidc of attackers')
  assert.equal(await ask(verifier, good, BOTH), 'entra of team-a')
  assert.equal(await ask(verifier, good, ENTRA_ONLY), 'entra of team-a')
  assert.equal(await ask(verifier, good, OIDC_ONLY), 'oidc of attackers')

  assert.equal(await ask(verifier, scopeless, OIDC_ONLY), 'oidc of attackers')
  assert.equal(await ask(verifier, scopeless, BOTH), 'scope_insufficient')
  assert.equal(await ask(verifier, scopeless, ENTRA_ONLY), 'scope_insufficient')
})

test('cache across places: calls at once, at places that accept other kinds, do not share a verdict', async () => {
  const accessToken = await signToken(userClaims(entra, { scp: 'other' }))
  for (const places of [
    [OIDC_ONLY, ENTRA_ONLY, BOTH],
    [BOTH, ENTRA_ONLY, OIDC_ONLY],
  ]) {
    const { verifier, holdLookUps } = createDoor()
    const release = holdLookUps()
    const flights = places.map((accept) => ask(verifier, accessToken, accept))
    release()
    const expected = places.map((accept) => (accept === OIDC_ONLY ? 'oidc of attackers' : 'scope_insufficient'))
    assert.deepEqual(await Promise.all(flights), expected)
  }
})

test('cache across places: a plain issuer’s token in flight at one place is not let in at a place for Entra alone', async () => {
  const accessToken = await signWith(idp.claims())
  const { verifier, holdLookUps } = createDoor()
  const release = holdLookUps()
  const flights = [BOTH, ENTRA_ONLY].map((accept) => ask(verifier, accessToken, accept))
  release()
  assert.deepEqual(await Promise.all(flights), ['oidc of team-a', 'claims_invalid'])
  assert.equal(await ask(verifier, accessToken, ENTRA_ONLY), 'claims_invalid')
  assert.equal(await ask(verifier, accessToken, new Set()), 'credential_kind_refused')
})

test('stale flight: what was looked up before a connection went is not kept after it', async () => {
  for (const accept of [BOTH, OIDC_ONLY]) {
    const accessToken = await signWith(idp.claims({ jti: `stale ${accept.size}` }))
    const { verifier, disconnect, holdLookUps } = createDoor()
    const release = holdLookUps()
    const early = ask(verifier, accessToken, accept)
    disconnect(idp.issuer)
    verifier.forget()
    const late = ask(verifier, accessToken, accept)
    release()
    assert.equal(await early, 'oidc of team-a', 'it came while the connection stood')
    assert.equal(await late, 'claims_invalid')
    assert.equal(await ask(verifier, accessToken, accept), 'claims_invalid')
  }
})

test('forgetting: tokens that were verified at any place are judged anew', async () => {
  const accessToken = await signWith(idp.claims())
  const { verifier, disconnect } = createDoor()
  for (const accept of [BOTH, OIDC_ONLY]) assert.equal(await ask(verifier, accessToken, accept), 'oidc of team-a')
  disconnect(idp.issuer)
  verifier.forget()
  for (const accept of [BOTH, OIDC_ONLY]) assert.equal(await ask(verifier, accessToken, accept), 'claims_invalid')
})

test('a verdict by name: claims called after our own words are neither a refusal nor a verdict', async () => {
  const named = { denied: { code: 'token_invalid' }, kind: 'entra', teamspaceId: 'attackers', then: 'x' }
  const { verifier } = createDoor()
  const proven = await verifier.verify(await signWith(idp.claims(named)), { accept: BOTH })
  assert.equal(said(proven), 'oidc of team-a')
  assert.equal(said(await verifier.verify(await signWith({ ...named, iss: idp.issuer }))), 'audience_missing')
})
