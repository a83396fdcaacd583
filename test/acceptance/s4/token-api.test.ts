import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AUDIENCE, signWith, startFakeIssuer } from '../../../packages/verifier/test/fake-issuer.ts'
import { userClaims } from '../../support/entra-tokens.ts'
import { ACME } from '../../support/gate.ts'
import { startTokenGate } from './support.ts'

test('S4-04 the teamspace is the access token’s: a body that names one is refused', async (t) => {
  const { ask, ada } = await startTokenGate(t)
  for (const member of ['tenant_id', 'teamspace', 'teamspace_id']) {
    const { status, body } = await ask('POST', '', ada, { name: 'x', [member]: 'globex' })
    assert.deepEqual([status, body.errors], [400, [{ path: member, says: 'is not known here' }]])
  }
  assert.deepEqual((await ask('GET', '', ada)).body.tokens, [])
})

test('whoever is no member of the teamspace gets 401 and a challenge, for whatever reason', async (t) => {
  const { gate, ask } = await startTokenGate(t)
  const seconds = Math.floor(Date.now() / 1000)
  const signed = (changes: object) => gate.emulator.signToken(ACME.tenantId, userClaims(gate, seconds, { ...changes }))
  const expired = await signed({ exp: seconds - 3600 })
  const stranger = await gate.tokenFor(ACME.dev.email)
  const foreignAudience = await signed({ aud: 'cccccccc-0003-4000-8000-000000000009' })
  const serviceAccount = `${Buffer.from('{"alg":"RS256","kid":"k"}').toString('base64url')}.${Buffer.from(
    JSON.stringify({ iss: 'https://kubernetes.default.svc', sub: 'system:serviceaccount:a:b', aud: ['x'] }),
  ).toString('base64url')}.c2ln`
  const credentials = [
    undefined,
    '',
    'abc',
    expired,
    stranger,
    foreignAudience,
    serviceAccount,
    gate.sallyport.operatorToken,
  ]
  for (const credential of credentials) {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', '/aaaaaaaa-0000-4000-8000-00000000dead'],
    ] as const) {
      const { status, headers, body } = await ask(
        method,
        path,
        credential,
        method === 'POST' ? { name: 'x' } : undefined,
      )
      assert.equal(status, 401, credential)
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer\b/)
      assert.equal(body.status, 401)
    }
  }
  const { status } = await ask('GET', '', undefined, undefined, {
    authorization: `Bearer ${stranger}, Bearer ${stranger}`,
  })
  assert.equal(status, 401)
})

test('S4-07 a body over 4 KiB is 413, and one that is not JSON 400 or 415', async (t) => {
  const { ask, ada } = await startTokenGate(t)
  assert.equal((await ask('POST', '', ada, { name: 'x'.repeat(4096) })).status, 413)
  assert.equal((await ask('POST', '', ada, { name: 'x'.repeat(101) })).status, 400)
  assert.equal((await ask('POST', '', ada, '{"name":')).status, 400)
  assert.equal((await ask('POST', '', ada, 'name=x', { 'content-type': 'text/plain' })).status, 415)
})

test('S4-07 the 31st token in a minute is 429 with the time to wait, for this teamspace and nobody else', async (t) => {
  let at = Date.now()
  const { gate, ask, mint, ada, gus } = await startTokenGate(t, { now: () => at })
  const statuses: number[] = []
  for (let count = 0; count < 30; count++) statuses.push((await ask('POST', '', ada, { name: `n${count}` })).status)
  assert.deepEqual(new Set(statuses), new Set([201]))
  const { status, headers } = await ask('POST', '', ada, { name: 'one more' })
  assert.equal(status, 429)
  assert.match(headers.get('retry-after') ?? '', /^([1-9]|[1-5]\d|60)$/)
  await mint(gus)
  await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'the operator is counted apart' })
  at += 60_000
  await mint(ada)
})

test('a teamspace has as many active tokens as the configuration allows, living as long as it allows', async (t) => {
  const settings = 'limits: { mcpTokens: 2, mcpTokenMaxDays: 7 }\n'
  const { ask, mint, ada } = await startTokenGate(t, { settings })
  const endless = await ask('POST', '', ada, { name: 'endless' })
  assert.deepEqual([endless.status, endless.body.errors[0].path], [400, 'expires_at'])
  const week = { expires_in_seconds: 7 * 86_400 }
  const { id } = await mint(ada, week)
  await mint(ada, week)
  const { status, body } = await ask('POST', '', ada, { name: 'third', ...week })
  assert.deepEqual([status, body.status], [409, 409])
  await ask('DELETE', `/${id}`, ada)
  await mint(ada, week)
})

test('pages of the list are asked for by the cursor of the page before, and by nothing else', async (t) => {
  const { ask, mint, ada } = await startTokenGate(t)
  for (const name of ['a', 'b', 'c']) await mint(ada, { name })
  const first = (await ask('GET', '?limit=2', ada)).body
  const second = (await ask('GET', `?limit=2&after=${first.next}`, ada)).body
  assert.deepEqual([first.tokens.length, second.tokens.length, second.next], [2, 1, undefined])
  for (const query of ['?limit=0', '?limit=201', '?after=x', '?limit=1&limit=2', '?teamspace=globex']) {
    assert.equal((await ask('GET', query, ada)).status, 400, query)
  }
})

test('the operator mints, lists, rotates and revokes for a teamspace, and may not hold tokens', async (t) => {
  const { gate } = await startTokenGate(t)
  const { send, must } = gate.admin
  const path = '/teamspaces/acme/mcp-tokens'
  const minted = await must('POST', path, { name: 'ci', role: 'owner' })
  assert.deepEqual([minted.holder, minted.created_by], ['teamspace', 'operator'])
  assert.equal((await gate.call(minted.token)).status, 200)
  const rotated = await must('POST', `${path}/${minted.id}/rotate`, { grace_seconds: 0 })
  assert.equal((await gate.call(minted.token)).status, 401)
  assert.equal((await gate.call(rotated.token)).status, 200)
  assert.equal((await send('DELETE', `${path}/${rotated.id}`)).status, 204)
  assert.equal((await gate.call(rotated.token)).status, 401)
  assert.equal((await must('GET', path)).tokens.length, 2)
  assert.equal((await send('POST', path, { name: 'x', holder: 'member' })).status, 400)
  assert.equal((await send('POST', '/teamspaces/nowhere/mcp-tokens', { name: 'x' })).status, 404)
  assert.equal((await send('GET', '/teamspaces/nowhere/mcp-tokens')).status, 404)
})

test('what members do about tokens is in the audit trail under their name and id', async (t) => {
  const { gate, ask, mint, ben } = await startTokenGate(t)
  const { id, holder_member_id: memberId } = await mint(ben)
  await ask('DELETE', `/${id}`, ben)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme')
  const seen = events.filter(({ kind }: any) => kind === 'admin').slice(0, 2)
  assert.deepEqual(
    seen.map(({ action, actor, memberId }: any) => ({ action, actor, memberId })),
    ['mcp_token.revoke', 'mcp_token.mint'].map((action) => ({ action, actor: ACME.ben.email, memberId })),
  )
})

test('S4-04 a member by any OpenID Connect issuer mints as one by Entra does, at the first call if the issuer vouches', async (t) => {
  await using issuer = await startFakeIssuer()
  const { gate, ask } = await startTokenGate(t, { settings: 'allowPrivateIssuers: true\n' })
  await gate.admin.must('PUT', '/teamspaces/globex/connections/oidc', {
    kind: 'oidc',
    issuer: issuer.issuer,
    audience: AUDIENCE,
    requiredScope: 'mcp.access',
    jit: { role: 'admin', claim: 'groups', values: ['staff'] },
  })
  await gate.admin.must('POST', '/teamspaces/globex/members', { email: 'olga@globex.example', subject: 'olga' })
  const iat = Math.floor(Date.now() / 1000)
  const tokenOf = (claims: object) => signWith(issuer.claims({ iat, exp: iat + 600, ...claims }))

  const olga = await ask('POST', '', await tokenOf({ sub: 'olga' }), { name: 'Olga' })
  assert.deepEqual([olga.status, olga.body.holder, olga.body.created_by], [201, 'member', 'olga@globex.example'])
  assert.equal((await gate.call(olga.body.token, { url: `${gate.publicUrl}/t/globex/context7/mcp` })).status, 200)
  const staff = await ask('POST', '', await tokenOf({ sub: 'new', groups: ['staff'] }), { name: 'Staff' })
  assert.deepEqual([staff.status, staff.body.holder], [201, 'teamspace'])
  const stranger = await ask('POST', '', await tokenOf({ sub: 'stranger', groups: ['guests'] }), { name: 'x' })
  assert.equal(stranger.status, 401)
  const withoutScope = await ask('POST', '', await tokenOf({ sub: 'olga', scope: 'openid' }), { name: 'x' })
  assert.equal(withoutScope.status, 403)
  assert.match(withoutScope.headers.get('www-authenticate') ?? '', /error="insufficient_scope".*scope="mcp.access"/)
})
