import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIssuerKey, ISSUER_KEY, startFakeIssuer } from '../../test/fake-issuer.ts'
import { hang, json, status } from '../../test/loopback-server.ts'
import { inspectIssuer } from './inspect-issuer.ts'

const inspect = (issuer: string, keysUrl?: string) =>
  inspectIssuer({ issuer, ...(keysUrl !== undefined && { keysUrl }) }, { timeoutSeconds: 0.3 })

test('S5-32 an issuer that works is ok, with its usable keys and their algorithms', async () => {
  await using idp = await startFakeIssuer('/realms/acme')
  const unusable = { kty: 'oct', k: 'AAAA', kid: 'shared-secret' }
  idp.answers.set('/keys', json({ keys: [ISSUER_KEY.jwk, createIssuerKey('ES256').jwk, unusable] }))
  const expected = { outcome: 'ok', keyCount: 2, algorithms: ['RS256', 'ES256'] }
  assert.deepEqual(await inspect(idp.issuer), expected)
  assert.deepEqual(await inspect(idp.issuer, `${idp.origin}/keys`), expected)
})

test('S5-30 metadata of another issuer is a mismatch that shows both', async () => {
  await using idp = await startFakeIssuer('/realms/acme')
  idp.answers.set(idp.metadataPath, json({ ...idp.metadata, issuer: `${idp.issuer}/` }))
  const expected = { outcome: 'issuer_mismatch', expected: idp.issuer, presented: `${idp.issuer}/` }
  assert.deepEqual(await inspect(idp.issuer), expected)
})

for (const [what, keys] of Object.entries({
  'no key': { keys: [] },
  'only a shared secret': { keys: [{ kty: 'oct', k: 'AAAA', kid: 'a' }] },
  'two keys of one name': { keys: [ISSUER_KEY.jwk, ISSUER_KEY.jwk] },
  'no key set': { nothing: true },
})) {
  test(`a key set with ${what} is of no use, and is said to be`, async () => {
    await using idp = await startFakeIssuer()
    idp.answers.set('/keys', json(keys))
    assert.equal((await inspect(idp.issuer)).outcome, 'no_usable_keys')
  })
}

for (const [what, answer, says] of [
  ['is not there', status(404), /has no metadata/],
  ['is down', status(503), /answered 503/],
  ['redirects', status(302, { location: 'http://127.0.0.1:1/' }), /redirect/],
  ['never answers', hang, /in time/],
] as const) {
  test(`an issuer that ${what} is unreachable, and the reason is said`, async () => {
    await using idp = await startFakeIssuer()
    for (const path of [idp.metadataPath, '/.well-known/oauth-authorization-server']) idp.answers.set(path, answer)
    const result = await inspect(idp.issuer)
    assert.equal(result.outcome, 'unreachable')
    assert.match('says' in result ? result.says : '', says)
  })
}
