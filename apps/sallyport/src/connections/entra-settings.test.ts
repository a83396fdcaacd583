import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API_APP, GATEWAY_APP, entraInput, onBehalfOf, settingsWith } from '../teamspaces/acme.fixture.ts'
import { entraSettings } from './entra-settings.ts'
import { DEFAULT_REDIRECT_URIS } from './redirect-uri.ts'

const problemsOf = (changes: object): string[] =>
  entraSettings
    .safeParse(entraInput(changes))
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []

test('S1-20 GUIDs are stored in lower case, App ID URIs as they are written', () => {
  const { tenantId, audience } = settingsWith({
    tenantId: 'AAAAAAAA-0000-4000-8000-00000000000F',
    audience: 'BBBBBBBB-0000-4000-8000-00000000000F',
  })
  assert.equal(tenantId, 'aaaaaaaa-0000-4000-8000-00000000000f')
  assert.equal(audience, 'bbbbbbbb-0000-4000-8000-00000000000f')
  assert.equal(settingsWith({ audience: 'api://Contoso/Mcp' }).audience, 'api://Contoso/Mcp')
})

test('what is left out has a default', () => {
  const settings = entraSettings.parse({ kind: 'entra', tenantId: API_APP, audience: GATEWAY_APP })
  assert.equal(settings.cloud, 'global')
  assert.equal(settings.requiredScope, null)
  assert.deepEqual(settings.facade, { redirectUris: [...DEFAULT_REDIRECT_URIS], clientAuth: 'none' })
  assert.equal(settings.server, undefined)
})

test('S1-50 the tenant of personal accounts is refused', () => {
  assert.match(problemsOf({ tenantId: '9188040D-6c67-4c5b-b112-36a304b66dad' })[0] ?? '', /personal Microsoft accounts/)
})

test('S1-15 nothing but a GUID is a tenant, and nothing but a GUID or api:// an audience', () => {
  for (const tenantId of ['common', '../../evil', 'acme.example', `${API_APP}\n`, `{${API_APP}}`, '']) {
    assert.deepEqual(problemsOf({ tenantId }), ['tenantId must be a GUID'], tenantId)
  }
  for (const audience of ['mcp', 'https://a.example', 'api://', 'api://a b', `api://${'x'.repeat(300)}`]) {
    assert.equal(problemsOf({ audience }).length, 1, audience)
  }
})

test('a scope is one word, in its short form', () => {
  for (const requiredScope of ['', 'a b', `api://${API_APP}/mcp.access`, 'a"b', 'ä']) {
    assert.equal(problemsOf({ requiredScope }).length, 1, requiredScope)
  }
})

test('the API behind is read from the downstream scope', () => {
  const serverOf = (scope: string) => settingsWith({ onBehalfOf: onBehalfOf({ scope }) }).server
  assert.deepEqual(serverOf(`api://${API_APP}/mcp.access`), { audience: API_APP, requiredScope: 'mcp.access' })
  assert.deepEqual(serverOf(`api://${API_APP.toUpperCase()}/.default`), { audience: API_APP, requiredScope: null })
  assert.deepEqual(serverOf(`${API_APP}/.default`), { audience: API_APP, requiredScope: null })
  assert.equal(serverOf('api://contoso/mcp/.default'), undefined)
})

test('M-21 groups are read where the connection says, and at Microsoft Graph only by a client of its own', () => {
  for (const groups of ['token', 'token-then-graph']) assert.equal(settingsWith({ groups }).groups, groups)
  assert.equal(settingsWith({ groups: 'graph', onBehalfOf: onBehalfOf() }).groups, 'graph')
  assert.deepEqual(problemsOf({ groups: 'graph' }), [
    'groups graph needs onBehalfOf, whose client asks Microsoft Graph',
  ])
  assert.match(problemsOf({ groups: 'names' })[0] ?? '', /^groups /)
  assert.equal(settingsWith().groups, undefined)
})

test('S2 the exchanged token must be for another API, and the assertion for the gateway itself', () => {
  assert.deepEqual(problemsOf({ onBehalfOf: onBehalfOf({ clientId: API_APP, scope: 'api://x/.default' }) }), [
    'onBehalfOf.clientId must equal audience: Entra exchanges a token only for its own audience',
  ])
  assert.deepEqual(problemsOf({ onBehalfOf: onBehalfOf({ scope: `api://${GATEWAY_APP}/.default` }) }), [
    'server.audience must not be the audience that callers bring tokens for',
  ])
  assert.match(problemsOf({ server: { audience: API_APP } })[0] ?? '', /needs onBehalfOf/)
  const server = { audience: 'bbbbbbbb-0000-4000-8000-00000000000f' }
  assert.match(problemsOf({ onBehalfOf: onBehalfOf(), server })[0] ?? '', /is not the API of onBehalfOf.scope/)
  assert.match(problemsOf({ facade: { clientAuth: 'inject' } })[0] ?? '', /inject needs onBehalfOf/)
})

test('unknown members, too many redirect URIs and wrong credentials are refused', () => {
  assert.match(problemsOf({ secret: 'x' })[0] ?? '', /Unrecognized key/)
  const redirectUris = Array.from({ length: 51 }, (_, index) => `https://a.example/${index}`)
  assert.equal(problemsOf({ facade: { redirectUris } }).length, 1)
  assert.match(
    problemsOf({ facade: { redirectUris: ['http://a.example/'] } })[0] ?? '',
    /^facade.redirectUris.0 must be/,
  )
  for (const credential of [
    { kind: 'secret', secret: '' },
    { kind: 'secret', secret: 'two\nlines' },
    { kind: 'certificate', certificatePem: 'x', privateKeyPem: '-----BEGIN PRIVATE KEY-----' },
    { kind: 'federated', tokenFile: 'relative/path' },
    { kind: 'password' },
  ]) {
    assert.notDeepEqual(problemsOf({ onBehalfOf: onBehalfOf({ credential }) }), [], JSON.stringify(credential))
  }
})
