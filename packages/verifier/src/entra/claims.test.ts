import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  appClaims,
  CLIENT,
  connection,
  HEADER_JSON,
  NOW_SECONDS,
  signRaw,
  signToken,
  startFakeEntra,
  TENANT,
  USER,
  userClaims,
} from '../../test/fake-entra.ts'
import { isDenied } from '../denial.ts'
import type { EntraConnection } from './connection.ts'
import { localSource } from './local-source.ts'
import { createEntraVerifier } from './verifier.ts'

const entra = await startFakeEntra()
after(() => entra[Symbol.asyncDispose]())

interface Setting extends Partial<EntraConnection> {
  readonly toleranceSeconds?: number
}

async function verify(accessToken: string, { toleranceSeconds = 60, ...changes }: Setting = {}) {
  const verifier = createEntraVerifier({
    connections: localSource([connection(changes)]),
    clouds: entra.clouds,
    now: () => NOW_SECONDS * 1000,
    clockToleranceSeconds: toleranceSeconds,
  })
  return verifier.verify(accessToken)
}

const codeOf = async (accessToken: string, setting?: Setting) => {
  const outcome = await verify(accessToken, setting)
  if (!isDenied(outcome)) return 'verified'
  return 'claim' in outcome.denied ? `claims_invalid ${outcome.denied.claim}` : outcome.denied.code
}

const user = async (changes: Record<string, unknown>, setting?: Setting) =>
  codeOf(await signToken(userClaims(entra, changes)), setting)
const app = async (changes: Record<string, unknown>, setting?: Setting) =>
  codeOf(await signToken(appClaims(entra, changes)), setting)

const TIMES: [string, string, number, string][] = [
  ['exp, a second before now', 'exp', -1, 'verified'],
  ['exp, now', 'exp', 0, 'verified'],
  ['exp, a second within the tolerance', 'exp', -59, 'verified'],
  ['exp, a half second within the tolerance', 'exp', -59.5, 'verified'],
  ['exp, at the tolerance', 'exp', -60, 'token_expired'],
  ['exp, a second beyond the tolerance', 'exp', -61, 'token_expired'],
  ['nbf, a second within the tolerance', 'nbf', 59, 'verified'],
  ['nbf, at the tolerance', 'nbf', 60, 'verified'],
  ['nbf, a second beyond the tolerance', 'nbf', 61, 'claims_invalid nbf'],
  ['iat, a second within the tolerance', 'iat', 59, 'verified'],
  ['iat, a second beyond the tolerance', 'iat', 61, 'claims_invalid iat'],
  ['iat, far in the future', 'iat', 1e9, 'claims_invalid iat'],
]
for (const [what, claim, offset, expected] of TIMES) {
  test(`S1-41, M-111 ${what}: ${expected}`, async () => {
    assert.equal(await user({ [claim]: NOW_SECONDS + offset }), expected)
  })
}

test('S1-41 the tolerance is configurable, from none to 300 s', async () => {
  assert.equal(await user({ exp: NOW_SECONDS }, { toleranceSeconds: 0 }), 'token_expired')
  assert.equal(await user({ exp: NOW_SECONDS + 1 }, { toleranceSeconds: 0 }), 'verified')
  assert.equal(await user({ exp: NOW_SECONDS - 299 }, { toleranceSeconds: 300 }), 'verified')
  assert.equal(await user({ exp: NOW_SECONDS - 301 }, { toleranceSeconds: 300 }), 'token_expired')
})

test('S1-40 exp, iat and oid are required; nbf is not', async () => {
  for (const claim of ['exp', 'iat', 'oid']) assert.equal(await user({ [claim]: undefined }), `claims_invalid ${claim}`)
  assert.equal(await user({ nbf: undefined }), 'verified')
})

for (const written of ['1e999', '-1', '1e300', '"1800003600"', 'null', '[1800003600]', '{}', 'true']) {
  for (const claim of ['exp', 'nbf', 'iat']) {
    test(`S1-40 ${claim}: ${written} is no date`, async () => {
      const payload = JSON.stringify(userClaims(entra, { [claim]: 'HERE' })).replace('"HERE"', written)
      assert.equal(await codeOf(signRaw(HEADER_JSON, payload)), `claims_invalid ${claim}`)
    })
  }
}

for (const oid of ['', 'ada@a.example', 5, null, [USER], `${USER}0`, '../x']) {
  test(`S1-49 oid ${JSON.stringify(oid)} is no identity`, async () => {
    assert.equal(await user({ oid }), 'claims_invalid oid')
  })
}

for (const sub of ['', null, 5, {}, ['x']]) {
  test(`sub ${JSON.stringify(sub)} is refused, an absent one is not`, async () => {
    assert.equal(await user({ sub }), 'claims_invalid sub')
    assert.equal(await user({ sub: undefined }), 'verified')
  })
}

test('RFC 7800 a token bound to a key by cnf is refused as a bearer token', async () => {
  for (const cnf of [{ jkt: 'x' }, { 'x5t#S256': 'x' }, {}, null]) assert.equal(await user({ cnf }), 'token_invalid')
})

const SCOPES: [unknown, string][] = [
  ['mcp.access', 'verified'],
  ['openid mcp.access', 'verified'],
  ['mcp.access openid', 'verified'],
  ['mcp.access2', 'scope_insufficient'],
  ['xmcp.access', 'scope_insufficient'],
  ['MCP.ACCESS', 'scope_insufficient'],
  ['api://x/mcp.access', 'scope_insufficient'],
  ['openid,mcp.access', 'scope_insufficient'],
  ['', 'scope_insufficient'],
  [' ', 'scope_insufficient'],
  [undefined, 'scope_insufficient'],
  [['mcp.access'], 'claims_invalid scp'],
  [5, 'claims_invalid scp'],
  [null, 'claims_invalid scp'],
]
for (const [scp, expected] of SCOPES) {
  test(`S1-43 requiredScope mcp.access, scp ${JSON.stringify(scp)}: ${expected}`, async () => {
    assert.equal(await user({ scp }), expected)
  })
}

test('S1-44 what a token lacks is named, for the 403', async () => {
  const outcome = await verify(await signToken(userClaims(entra, { scp: 'openid' })))
  assert.ok(isDenied(outcome))
  assert.deepEqual(outcome.denied, { code: 'scope_insufficient', required: ['mcp.access'], presented: ['openid'] })
})

test('S1-45 requiredScope is never matched against roles, nor an accepted role against scp', async () => {
  assert.equal(await user({ scp: undefined, roles: ['mcp.access'] }), 'scope_insufficient')
  assert.equal(await app({ roles: ['mcp.access'] }), 'scope_insufficient')
  assert.equal(await user({ scp: 'Mcp.Call' }, { acceptedRoles: ['Mcp.Call'] }), 'scope_insufficient')
})

test('S1-45 an app-only token is admitted by an accepted role, with and without a required scope', async () => {
  for (const requiredScope of ['mcp.access', null]) {
    const outcome = await verify(await signToken(appClaims(entra)), { requiredScope, acceptedRoles: ['Mcp.Call'] })
    assert.ok(!isDenied(outcome))
    assert.deepEqual([outcome.appOnly, outcome.roles, outcome.scopes], [true, ['Mcp.Call'], []])
  }
})

test('S1-47 an app-only token without an accepted role is refused', async () => {
  const acceptedRoles = ['Mcp.Call']
  for (const roles of [undefined, [], ['Other'], ['mcp.call']]) {
    assert.equal(await app({ roles }, { acceptedRoles }), 'app_token_refused')
    assert.equal(await app({ roles }, { requiredScope: null }), 'app_token_refused')
  }
  assert.equal(await app({}, { requiredScope: null }), 'app_token_refused')
})

for (const roles of ['Mcp.Call', [5], ['Mcp.Call', null], {}, null]) {
  test(`S1-45 roles ${JSON.stringify(roles)} are not a list of words`, async () => {
    assert.equal(await app({ roles }, { acceptedRoles: ['Mcp.Call'] }), 'claims_invalid roles')
  })
}

test('S1-46 idtyp is believed only against the token', async () => {
  assert.equal(await user({ idtyp: 'app' }), 'claims_invalid idtyp')
  assert.equal(await user({ idtyp: 'user' }), 'verified')
  assert.equal(await app({ idtyp: 'user' }, { acceptedRoles: ['Mcp.Call'] }), 'app_token_refused')
  assert.equal(await app({ idtyp: 'app' }, { acceptedRoles: ['Mcp.Call'] }), 'verified')
})

test('S1-48 an ID token for the same app is refused, with every setting', async () => {
  const idToken = { scp: undefined, azp: undefined, azpacr: undefined, aud: CLIENT, roles: ['Mcp.Call'] }
  const settings: Setting[] = [{ requiredScope: null }, { requiredScope: null, acceptedRoles: ['Mcp.Call'] }, {}]
  for (const setting of settings) {
    assert.notEqual(await user(idToken, { ...setting, audience: CLIENT }), 'verified')
    assert.equal(await user({ ...idToken, nonce: 'n' }, { ...setting, audience: CLIENT }), 'token_invalid')
  }
})

test('S1-48 roles of a user do not admit a token without scp: an app has itself as its subject', async () => {
  assert.equal(await app({ sub: 'pairwise-subject' }, { acceptedRoles: ['Mcp.Call'] }), 'app_token_refused')
})

test('D-16 without a required scope any scope will do', async () => {
  assert.equal(await user({ scp: 'openid' }, { requiredScope: null }), 'verified')
})

test('S1-51 azp is compared with the allowed clients, without case', async () => {
  assert.equal(await user({}, { allowedClients: [CLIENT.toUpperCase()] }), 'verified')
  assert.equal(await user({ azp: CLIENT.toUpperCase() }, { allowedClients: [CLIENT] }), 'verified')
  for (const azp of [TENANT, undefined, '']) {
    assert.equal(await user({ azp }, { allowedClients: [CLIENT] }), 'claims_invalid azp')
  }
  assert.equal(await user({ azp: 5 }), 'claims_invalid azp')
})

test('S1-49 mutable claims decide nothing', async () => {
  const lies = { email: 'boss@a.example', upn: 'boss@a.example', preferred_username: 5, unique_name: 'boss' }
  const outcome = await verify(await signToken(userClaims(entra, lies)))
  assert.ok(!isDenied(outcome))
  assert.equal(outcome.subject, USER)
})
