import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { ADA, BEN, startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let aheadMs = 0
let gate: OidcGate
before(async () => void (gate = await startOidcGate({ now: () => Date.now() + aheadMs })))
after(() => gate.close())

const refused = (token: string, code: string, status = 401) =>
  expectRefusal(gate, () => gate.call(token), { status, code })

test('S1 14 S5 9 a member who signed in at the issuer may call, in the teamspace and at the root', async () => {
  const token = await gate.tokenOf(ADA)
  await expectAllowed(gate, () => gate.call(token))
  await expectAllowed(gate, () => gate.call(token, gate.mcpUrl))
  const row = await gate.lastRow()
  assert.deepEqual([row.issuer, row.subject, row.email], [gate.idp.issuer, ADA.sub, ADA.email])
  assert.equal(gate.upstream.seen.at(-1)!.headers.authorization, undefined)
})

test('S1-72 S5-33 a token for another resource of the same issuer is refused', async () => {
  const { access_token: other } = await gate.idp.signIn(ADA.email, 'https://elsewhere.example/mcp')
  await refused(other, 'audience_unknown')
})

test('S5-33 one of several audiences is enough, and none is not', async () => {
  await expectAllowed(gate, () => gate.call(gate.idp.sign(gate.claims({ aud: ['account', gate.url] }))))
  await refused(gate.idp.sign(gate.claims({ aud: undefined })), 'audience_missing')
})

test('S5 9 X-14 a token of another issuer is refused, and nobody is asked about it', async () => {
  const asked = gate.idp.requests.length
  for (const iss of [`${gate.idp.issuer}/`, gate.idp.issuer.toUpperCase(), 'https://id.example', gate.publicUrl]) {
    await refused(gate.idp.sign(gate.claims({ iss })), 'claims_invalid')
  }
  assert.equal(gate.idp.requests.length, asked)
})

test('S5 9 an ID token is no access token, whatever its audience', async () => {
  const { id_token: idToken } = await gate.idp.signIn(ADA.email, gate.url)
  await refused(idToken!, 'audience_unknown')
  const { scope: _, ...likeIt } = gate.claims({ nonce: 'n', at_hash: 'h' })
  await refused(gate.idp.sign(likeIt, { typ: 'JWT' }), 'scope_insufficient', 403)
})

test('S5-35 the required scope must have been granted; the challenge names it', async () => {
  const token = await gate.tokenOf(ADA, 'openid other.scope')
  const { headers } = await refused(token, 'scope_insufficient', 403)
  assert.match(headers.get('www-authenticate')!, /scope="mcp\.access"/)
})

test('S5 9 a key that was exchanged is found at the first token it signed, with one look', async () => {
  await expectAllowed(gate, async () => gate.call(await gate.tokenOf(ADA)))
  gate.idp.rotateKey()
  const token = await gate.tokenOf(ADA)
  const fetches = () => gate.idp.requests.filter((path) => path.endsWith('/jwks')).length
  const before = fetches()
  await expectAllowed(gate, () => gate.call(token))
  assert.equal(fetches(), before + 1)
  const forged = gate.idp.sign(gate.claims(), { kid: 'nobody' })
  await refused(forged, 'token_invalid')
  assert.equal(fetches(), before + 1, 'a kid that a stranger chose makes nobody look again')
})

test('S2D-06 a stranger is refused until added, and removed again counts on the next call', async () => {
  const token = await gate.tokenOf(BEN)
  await refused(token, 'member_unknown')
  await gate.addMember(BEN)
  await expectAllowed(gate, () => gate.call(token))
  await gate.admin.removeMember('initech', BEN.email)
  await refused(token, 'member_unknown')
})

test('S2D-06 subjects compare with case, and no e-mail in a token makes a member', async () => {
  await refused(gate.idp.sign(gate.claims({ sub: ADA.sub.toLowerCase() })), 'member_unknown')
  await refused(gate.idp.sign(gate.claims({ sub: 'x', email: ADA.email })), 'member_unknown')
})

test('S2D-06 a token of one teamspace opens no other', async () => {
  const token = await gate.tokenOf(ADA)
  const place = `${gate.publicUrl}/t/acme/context7/mcp`
  await expectRefusal(gate, () => gate.call(token, place), {
    status: 401,
    code: 'teamspace_mismatch',
    withoutSignIn: true,
  })
})

test('X-12 a server that takes other credentials refuses the token by its kind', async () => {
  const token = await gate.tokenOf(ADA)
  const at = (server: string) => () => gate.call(token, `${gate.publicUrl}/t/initech/${server}/mcp`)
  await expectAllowed(gate, at('both'))
  await expectRefusal(gate, at('entra'), { status: 401, withoutSignIn: true })
  await expectRefusal(gate, at('tokens'), { status: 401, code: 'credential_kind_refused', withoutSignIn: true })
})

test('S5 10 an expired token is refused, and so is one whose issuer was removed', async () => {
  const token = await gate.tokenOf(ADA)
  await expectAllowed(gate, () => gate.call(token))
  aheadMs = 2 * 3600_000
  await refused(token, 'token_expired')
  aheadMs = 0
  await expectAllowed(gate, () => gate.call(token))
  assert.deepEqual(await gate.admin.must('DELETE', '/teamspaces/initech/connections/oidc'), { removedMembers: 1 })
  await expectRefusal(gate, () => gate.call(token), { status: 401, code: 'claims_invalid', withoutSignIn: true })
})
