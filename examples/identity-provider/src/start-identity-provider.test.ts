import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startIdentityProvider } from 'identity-provider'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { createBrowser, registerClient } from '../test/browser.ts'

const ADA = { sub: 'user-1', email: 'ada@example.test', claims: { groups: ['staff'] } }
const BEN = { sub: 'user-2', email: `ben"'<b>@example.test` }
const RESOURCE = 'https://mcp.example.test/mcp'

const idp = await startIdentityProvider({ port: 0, users: [ADA, BEN] })
after(() => idp.close())
const client = await registerClient(idp.issuer, 'A <client>')
const asked = (more: Record<string, string> = {}) => client.authorizationUrl({ resource: RESOURCE, ...more })
const chosen = (sub: string): RequestInit => ({ method: 'POST', body: new URLSearchParams({ sub }) })

async function metadata() {
  const response = await fetch(`${idp.issuer}/.well-known/openid-configuration`)
  return (await response.json()) as Record<string, any>
}

test('a person in a browser chooses who they are, and the token is for the resource that was asked for', async () => {
  const open = createBrowser()
  const { url, page } = await open(asked())
  assert.match(page, /<button name="sub" value="user-1">ada@example.test<\/button>/)
  const back = await open(url, chosen(ADA.sub))
  const accessToken = await client.redeem(back.url)

  const { issuer, jwks_uri: keysUrl } = await metadata()
  const expected = { issuer, audience: RESOURCE, typ: 'at+jwt' }
  const { payload } = await jwtVerify(accessToken, createRemoteJWKSet(new URL(keysUrl)), expected)
  assert.deepEqual([payload.sub, payload['scope'], payload['groups']], [ADA.sub, 'mcp.access', ['staff']])
})

test('the same browser is asked again, and may be somebody else', async () => {
  const open = createBrowser()
  for (const sub of [ADA.sub, BEN.sub, ADA.sub]) {
    const { url } = await open(asked())
    const accessToken = await client.redeem((await open(url, chosen(sub))).url)
    assert.equal(decodeJwt(accessToken).sub, sub)
  }
})

test('nobody has to choose with a login_hint, nor a program that cannot read a page', async () => {
  const hinted = await createBrowser()(asked({ login_hint: BEN.email }))
  assert.equal(decodeJwt(await client.redeem(hinted.url)).sub, BEN.sub)
  const unread = await createBrowser({ accept: '*/*' })(asked())
  assert.equal(decodeJwt(await client.redeem(unread.url)).sub, ADA.sub)
})

test('what others wrote is text on the page, and whoever is not there is asked again', async () => {
  const open = createBrowser()
  const { url, page } = await open(asked())
  assert.match(page, /“A &lt;client&gt;”/)
  assert.match(page, /ben&quot;&#39;&lt;b&gt;@example\.test/)
  assert.match((await open(url, chosen('user-3'))).page, /Who are you\?/)
  assert.match((await open(url, chosen('x'.repeat(5000)))).page, /^The form is too large\n$/)
})

test('without PKCE there is no sign-in', async () => {
  const url = asked()
  url.searchParams.delete('code_challenge')
  url.searchParams.delete('code_challenge_method')
  const back = await createBrowser()(url)
  assert.equal(back.url.searchParams.get('error'), 'invalid_request')
})

test('a new key has a new name and signs at once, and clients stay registered', async () => {
  const keyIds = async () => {
    const { keys } = (await (await fetch((await metadata()).jwks_uri)).json()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const [before] = await keyIds()
  idp.rotateKey()
  const [now, ...others] = await keyIds()
  assert.notEqual(now, before)
  assert.deepEqual(others, [])
  const back = await createBrowser()(asked({ login_hint: ADA.email }))
  assert.equal(decodeProtectedHeader(await client.redeem(back.url)).kid, now)
  assert.equal(decodeProtectedHeader(idp.sign({ sub: 'anybody' })).kid, now)
})
