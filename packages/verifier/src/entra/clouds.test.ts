import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TENANT } from '../../test/fake-entra.ts'
import { checkClouds, ENTRA_CLOUDS, entraIssuerOf, entraKeysUrl, isEntraV1Issuer } from './clouds.ts'

for (const [cloud, { authority }] of Object.entries(ENTRA_CLOUDS)) {
  test(`S1-02 the v2 issuer of the ${cloud} cloud names cloud and tenant`, () => {
    assert.deepEqual(entraIssuerOf(`${authority}/${TENANT}/v2.0`, ENTRA_CLOUDS), { cloud, tenantId: TENANT })
  })
}

const AUTHORITY = ENTRA_CLOUDS.global.authority
for (const iss of [
  `${AUTHORITY}/${TENANT}/v2.0/`,
  `${AUTHORITY}/${TENANT}/v2.0?x`,
  `${AUTHORITY}/${TENANT}`,
  `${AUTHORITY}/${TENANT.replaceAll('1', 'A')}/v2.0`,
  `${AUTHORITY}/${'-'.repeat(36)}/v2.0`,
  `${AUTHORITY}/${'a'.repeat(36)}/v2.0`,
  `${AUTHORITY}/common/v2.0`,
  `${AUTHORITY}/{tenantid}/v2.0`,
  `${AUTHORITY}/../../${TENANT}/v2.0`,
  `${AUTHORITY}.evil.example/${TENANT}/v2.0`,
  `${AUTHORITY}@evil.example/${TENANT}/v2.0`,
  `http://login.microsoftonline.com/${TENANT}/v2.0`,
  `https://LOGIN.microsoftonline.com/${TENANT}/v2.0`,
  `https://login.windows.net/${TENANT}/v2.0`,
  ` ${AUTHORITY}/${TENANT}/v2.0`,
  `${AUTHORITY}/${TENANT}/v2.0\n`,
  `https://sts.windows.net/${TENANT}/`,
  '',
  undefined,
  5,
  [`${AUTHORITY}/${TENANT}/v2.0`],
]) {
  test(`X-14 no other issuer names a tenant: ${JSON.stringify(iss)}`, () => {
    assert.equal(entraIssuerOf(iss, ENTRA_CLOUDS), undefined)
  })
}

test('S1-35 v1 issuers are known for what they are', () => {
  assert.ok(isEntraV1Issuer(`https://sts.windows.net/${TENANT}/`, ENTRA_CLOUDS))
  assert.ok(isEntraV1Issuer(`https://sts.chinacloudapi.cn/${TENANT}/`, ENTRA_CLOUDS))
  assert.ok(!isEntraV1Issuer(`https://sts.windows.net/${TENANT}`, ENTRA_CLOUDS))
  assert.ok(!isEntraV1Issuer('https://sts.windows.net/x/', ENTRA_CLOUDS))
  assert.ok(isEntraV1Issuer(`https://sts.windows.net/${TENANT}/`, { mine: { authority: 'https://login.example' } }))
})

test('S1-66 keys of an app with custom signing keys are asked for by appid', () => {
  const url = `${AUTHORITY}/${TENANT}/discovery/v2.0/keys`
  assert.equal(entraKeysUrl(ENTRA_CLOUDS.global, TENANT), url)
  assert.equal(entraKeysUrl(ENTRA_CLOUDS.global, TENANT, 'a&b'), `${url}?appid=a%26b`)
})

for (const authority of [
  'http://127.0.0.1:8082',
  'http://[::1]:8082',
  'http://localhost:8082',
  'https://login.example',
]) {
  test(`a cloud of one's own is an origin: ${authority}`, () => {
    checkClouds({ mine: { authority } })
  })
}

for (const authority of [
  'http://login.example',
  'http://127.0.0.1.evil.example',
  'https://login.example/',
  'https://u@login.example',
  'ftp://127.0.0.1',
  'https://login.example/x',
  'login.example',
  '',
]) {
  test(`S1-67 a cloud whose keys could be forged on the way, or is no origin, is refused: ${authority}`, () => {
    assert.throws(() => checkClouds({ mine: { authority } }), TypeError)
  })
}

test('two clouds cannot share an authority, and one is needed', () => {
  const authority = 'https://login.example'
  assert.throws(() => checkClouds({ a: { authority }, b: { authority } }), TypeError)
  assert.throws(() => checkClouds({}), TypeError)
})
