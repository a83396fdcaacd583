import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { EntraConnectionView } from './connection-view.ts'
import type { OidcConnectionRecord } from './connection.ts'
import { explainJwt } from './explain-token.ts'
import { readToken } from './read-token.ts'

const TENANT = 'aaaaaaaa-0000-4000-8000-000000000001'
const API = 'aaaaaaaa-0003-4000-8000-000000000002'
const NOW = 1_800_000_000

const entra: EntraConnectionView = {
  kind: 'entra',
  id: 'c1',
  teamspaceId: 't1',
  cloud: 'global',
  tenantId: TENANT,
  audience: API,
  requiredScope: 'Mcp.Gateway.Access',
  acceptedRoles: ['Mcp.Call'],
  allowedClients: [],
  facade: { redirectUris: [], clientAuth: 'none' },
  createdAt: 0,
  updatedAt: 0,
}
const oidc: OidcConnectionRecord = {
  kind: 'oidc',
  id: 'c2',
  teamspaceId: 't2',
  issuer: 'https://id.globex.example/',
  audience: 'https://mcp.example',
  requiredScope: 'mcp',
  allowedClients: ['cli'],
  createdAt: 0,
  updatedAt: 0,
}

const HEADER = { alg: 'RS256', typ: 'JWT', kid: 'k1' }
const CLAIMS = {
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  aud: API,
  tid: TENANT,
  ver: '2.0',
  azp: 'cccccccc-0000-4000-8000-000000000001',
  oid: 'aaaaaaaa-0001-4000-8000-000000000001',
  sub: 'pairwise',
  scp: 'Mcp.Gateway.Access',
  exp: NOW + 3_600,
  nbf: NOW - 60,
}

const explain = (claims: object, header: object = HEADER, more: Partial<EntraConnectionView> = {}) =>
  explainJwt(
    { ...header },
    { ...claims },
    {
      connections: [
        { teamspace: 'globex', connection: oidc },
        { teamspace: 'acme', connection: { ...entra, ...more } },
      ],
      clouds: ENTRA_CLOUDS,
      nowSeconds: NOW,
      toleranceSeconds: 60,
    },
  )

const wrong = (explanation: ReturnType<typeof explain>) =>
  explanation.lines.filter(({ verdict }) => verdict === 'wrong').map(({ name }) => name)
const changeOf = (explanation: ReturnType<typeof explain>, name: string) =>
  explanation.lines.find((line) => line.name === name)?.change

test('S2G-05 a good token is good in each line, in the order of iss, aud, scp and exp', () => {
  const explanation = explain(CLAIMS)
  assert.deepEqual([explanation.isAccepted, explanation.teamspace, wrong(explanation)], [true, 'acme', []])
  const names = explanation.lines.map(({ name }) => name)
  assert.deepEqual(
    ['iss', 'aud', 'scp', 'exp'].map((name) => names.indexOf(name)).every((at, i, all) => i === 0 || at > all[i - 1]!),
    true,
  )
})

test('S5-51, 7.1 a token for Microsoft Graph is named as one, by its header and by its audience', () => {
  const says = `This token is for Microsoft Graph, and only Graph can verify it: request api://${API}/Mcp.Gateway.Access`
  assert.equal(explain(CLAIMS, { ...HEADER, nonce: 'x' }).says, says)
  for (const aud of [
    '00000003-0000-0000-c000-000000000000',
    'https://graph.microsoft.com',
    'https://graph.microsoft.us/',
  ])
    assert.equal(explain({ ...CLAIMS, aud }).says, says)
  assert.match(explain({ aud: 'https://graph.microsoft.com' }).says, /request api:\/\/…\/SCOPE$/)
})

test('7.1 a token of version 1 leads to the manifest', () => {
  const explanation = explain({ ...CLAIMS, ver: '1.0', iss: `https://sts.windows.net/${TENANT}/`, aud: `api://${API}` })
  assert.deepEqual(wrong(explanation), ['iss', 'aud', 'ver'])
  assert.match(changeOf(explanation, 'ver')!, /requestedAccessTokenVersion to 2/)
})

test('S2G-05 audience, tenant, scope and client are each told with what was expected', () => {
  assert.deepEqual(wrong(explain({ ...CLAIMS, aud: 'other' })), ['aud'])
  assert.deepEqual(wrong(explain({ ...CLAIMS, tid: 'bbbbbbbb-0000-4000-8000-000000000001' })), ['tid'])
  const noScope = explain({ ...CLAIMS, scp: 'User.Read' })
  assert.equal(noScope.lines.find(({ name }) => name === 'scp')?.expected, 'Mcp.Gateway.Access')
  assert.deepEqual(wrong(explain(CLAIMS, HEADER, { allowedClients: ['dddddddd-0000-4000-8000-000000000001'] })), [
    'azp',
  ])
})

test('an ID token, an application’s token and an expired one say what they are', () => {
  const { scp: _, ...withoutScope } = CLAIMS
  assert.match(changeOf(explain({ ...withoutScope, nonce: 'n' }), 'scp')!, /ID token/)
  assert.match(changeOf(explain({ ...withoutScope, roles: ['Other'] }), 'roles')!, /an application calls for itself/)
  assert.deepEqual(wrong(explain({ ...withoutScope, sub: CLAIMS.oid, roles: ['Mcp.Call'] })), [])
  assert.match(changeOf(explain({ ...CLAIMS, exp: NOW - 7_300 }), 'exp')!, /ended 2 hours ago/)
  assert.deepEqual(wrong(explain({ ...CLAIMS, nbf: NOW + 600 })), ['nbf'])
  assert.deepEqual(wrong(explain({ ...CLAIMS, exp: undefined })), ['exp'])
})

test('7.4 groups that did not fit into the token are noted, and no fault', () => {
  const explanation = explain({ ...CLAIMS, _claim_names: { groups: 'src1' } })
  assert.equal(explanation.isAccepted, true)
  assert.equal(explanation.lines.find(({ name }) => name === 'groups')?.verdict, 'note')
})

test('alg, kid, typ, crit and cnf are judged as the gate does', () => {
  assert.deepEqual(wrong(explain({ ...CLAIMS, cnf: { jkt: 'x' } }, { alg: 'none', typ: 'dpop+jwt', crit: ['x'] })), [
    'alg',
    'kid',
    'typ',
    'crit',
    'cnf',
  ])
})

test('an OIDC token is compared with the connection of its issuer, to the last slash', () => {
  const good = {
    iss: oidc.issuer,
    aud: [oidc.audience],
    sub: 'u1',
    client_id: 'cli',
    scope: 'mcp openid',
    exp: NOW + 60,
  }
  const explanation = explain(good)
  assert.deepEqual([explanation.isAccepted, explanation.teamspace, explanation.kind], [true, 'globex', 'oidc'])
  assert.deepEqual(wrong(explain({ ...good, iss: 'https://id.globex.example' })), ['iss'])
  assert.deepEqual(wrong(explain({ ...good, client_id: 'other', scope: '' })), ['azp', 'scope'])
})

test('a token of nobody’s is shown with what it says of itself', () => {
  const explanation = explain({ iss: 'https://else.example', aud: 'x', scp: 'a\u001b[2Jb' })
  assert.match(explanation.says, /^No connection is for tokens of https:\/\/else\.example with the audience x/)
  assert.equal(explanation.lines.find(({ name }) => name === 'scp')?.value, 'a?[2Jb')
})

test('what is no JWT is named as what it is', () => {
  const kind = (text: string) => {
    const token = readToken(text)
    return token.kind === 'unreadable' ? token.says : token.kind
  }
  assert.equal(kind(`mcpt_${'a'.repeat(43)}\n`), 'mcp_token')
  assert.match(kind(`mcpt_${'a'.repeat(20)}`), /not 48 characters/)
  assert.match(kind('a.b.c.d.e'), /encrypted/)
  assert.match(kind('hello'), /neither a JWT nor an MCP token/)
  assert.match(kind('eyJ.x.y'), /its parts are not JSON/)
  assert.match(kind(''), /There is no token/)
  assert.match(kind('x'.repeat(70_000)), /too long/)
  const jwt = `${btoa('{"alg":"RS256"}')}.${btoa('{"iss":"x"}')}.sig`.replaceAll('=', '')
  assert.equal(kind(`Authorization: Bearer ${jwt}`), 'jwt')
})
