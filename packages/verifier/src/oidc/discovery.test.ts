import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFakeIssuer, type FakeIssuer } from '../../test/fake-issuer.ts'
import { flood, hang, json, status } from '../../test/loopback-server.ts'
import { VerificationFault } from '../fault.ts'
import { discoverKeysUrl, metadataUrls } from './discovery.ts'

const discover = ({ issuer }: FakeIssuer) => discoverKeysUrl(issuer, { fetch, timeoutSeconds: 0.3 })

test('S5-30 the form of OpenID Connect comes first, then those of RFC 8414 §3.1 and §5', () => {
  assert.deepEqual(metadataUrls('https://id.example/realms/acme'), [
    'https://id.example/realms/acme/.well-known/openid-configuration',
    'https://id.example/.well-known/oauth-authorization-server/realms/acme',
    'https://id.example/.well-known/openid-configuration/realms/acme',
  ])
  for (const issuer of ['https://id.example', 'https://id.example/']) {
    assert.deepEqual(metadataUrls(issuer), [
      'https://id.example/.well-known/openid-configuration',
      'https://id.example/.well-known/oauth-authorization-server',
    ])
  }
})

for (const path of ['', '/', '/realms/acme', '/realms/acme/']) {
  test(`the keys of an issuer with path "${path}" are found`, async () => {
    await using idp = await startFakeIssuer(path)
    assert.equal(await discover(idp), `${idp.origin}/keys`)
  })
}

test('S5-30 an issuer that has only RFC 8414 metadata', async () => {
  await using idp = await startFakeIssuer('/acme')
  idp.answers.delete(idp.metadataPath)
  idp.answers.set('/.well-known/oauth-authorization-server/acme', json(idp.metadata))
  assert.equal(await discover(idp), `${idp.origin}/keys`)
})

for (const change of ['/', '/other', '?']) {
  test(`S5-30, S5 11, M-113 metadata that names issuer + "${change}" is refused, with both in the message`, async () => {
    await using idp = await startFakeIssuer('/acme')
    idp.answers.set(idp.metadataPath, json({ ...idp.metadata, issuer: idp.issuer + change }))
    await assert.rejects(discover(idp), ({ message, code }: VerificationFault) => {
      assert.ok(
        message.includes(`${idp.issuer} is configured`) && message.includes(`"${idp.issuer}${change}"`),
        message,
      )
      return code === 'keys_unavailable'
    })
  })
}

for (const jwks_uri of [
  undefined,
  5,
  'keys',
  'http://id.example/keys',
  'file:///etc/passwd',
  'data:application/json,{}',
]) {
  test(`jwks_uri ${JSON.stringify(jwks_uri)} is refused`, async () => {
    await using idp = await startFakeIssuer()
    idp.answers.set(idp.metadataPath, json({ ...idp.metadata, jwks_uri }))
    await assert.rejects(discover(idp), VerificationFault)
  })
}

test('X-14 an issuer on the internet cannot send us to a service on this machine', async () => {
  const metadata = { issuer: 'https://id.example', jwks_uri: 'http://127.0.0.1:8080/keys' }
  const answers = (async () => Response.json(metadata)) as typeof fetch
  await assert.rejects(discoverKeysUrl('https://id.example', { fetch: answers, timeoutSeconds: 1 }), /https/)
})

for (const [what, answer] of Object.entries({
  'is down': status(503),
  'limits us': status(429),
  redirects: status(302, { location: '/keys' }),
  'never answers': hang,
  'never ends': flood,
  'answers with no object': json(['x']),
})) {
  test(`an issuer that ${what} is a fault, and no other address is tried`, async () => {
    await using idp = await startFakeIssuer()
    idp.answers.set(idp.metadataPath, answer)
    await assert.rejects(discover(idp))
    assert.deepEqual(idp.requests, [idp.metadataPath])
  })
}
