import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oidcSettings } from './oidc-settings.ts'

const input = { kind: 'oidc', issuer: 'https://id.example/realms/x/', audience: 'https://mcp.example/mcp' }
const faultOf = (changes: object) => oidcSettings.safeParse({ ...input, ...changes }).error?.issues[0]?.path.join('.')

test('S5-30 an issuer is kept exactly as it is spelt, with or without its last slash', () => {
  for (const issuer of ['https://id.example', 'https://id.example/', 'http://127.0.0.1:9/a', 'http://localhost:9']) {
    assert.equal(oidcSettings.parse({ ...input, issuer }).issuer, issuer)
  }
})

test('S5-30 an issuer that is no plain https address is refused', () => {
  for (const issuer of [
    '',
    'id.example',
    'HTTPS://id.example',
    'http://id.example',
    'http://10.0.0.1',
    'https://id.example?a=b',
    'https://id.example/?',
    'https://id.example#x',
    'https://user:secret@id.example',
    'https://id.example/a b',
    'https://id.example/\n',
    'file:///etc/passwd',
    `https://id.example/${'x'.repeat(600)}`,
  ]) {
    assert.equal(faultOf({ issuer }), 'issuer', issuer)
  }
})

test('S5-33 an audience is needed, and everything else is bounded', () => {
  assert.equal(faultOf({ audience: undefined }), 'audience')
  assert.equal(faultOf({ audience: '' }), 'audience')
  assert.equal(faultOf({ audience: 'x'.repeat(513) }), 'audience')
  assert.equal(faultOf({ requiredScope: 'two words' }), 'requiredScope')
  assert.equal(faultOf({ provider: 'constructor' }), 'provider')
  assert.equal(faultOf({ subjectClaim: '' }), 'subjectClaim')
  assert.equal(faultOf({ groupsClaim: 'x'.repeat(201) }), 'groupsClaim')
  assert.equal(faultOf({ keysUrl: 'http://127.0.0.1/keys' }), 'keysUrl')
  assert.equal(faultOf({ clientSecret: 'x' }), '')
})

test('members are made just in time by a claim or of everybody, and never as owners', () => {
  const jit = (settings: object) => faultOf({ jit: settings })
  assert.equal(jit({ claim: 'groups', values: ['staff'] }), undefined)
  assert.equal(jit({ claim: null }), undefined)
  assert.equal(jit({ claim: 'groups' }), 'jit.values')
  assert.equal(jit({ claim: null, values: ['staff'] }), 'jit.values')
  assert.equal(jit({ role: 'owner', claim: null }), 'jit.role')
  assert.equal(jit({}), 'jit.claim')
})

test('what was not said is not stored', () => {
  assert.deepEqual(oidcSettings.parse({ ...input, subjectClaim: 'sub', groupsClaim: 'groups' }), {
    ...input,
    requiredScope: null,
    allowedClients: [],
  })
})
