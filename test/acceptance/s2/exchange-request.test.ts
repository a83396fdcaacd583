import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { createCertificate } from 'entra-emulator'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectFault } from '../../support/refusals.ts'
import { auditRowOf, exchangesOf, OBO_GRANT, registrationOf } from './support.ts'

const SECRET = 'a+b&c=d%e f~g'
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

describe('the On-Behalf-Of request', () => {
  const sent: Sent[] = []
  let gate: TestGate
  let token: string
  const recordingFetch: typeof fetch = (input, init) => {
    if (init?.method === 'POST') sent.push({ url: String(input), init })
    return fetch(input, init)
  }
  before(async () => void (gate = await startGate({ fetch: recordingFetch })))
  after(() => gate.close())
  /** A token of its own for each test: nothing that one test caches serves another. */
  beforeEach(async () => void (token = await gate.tokenFor(ACME.ada.email)))
  afterEach(() => {
    gate.emulator.setFault(undefined)
    sent.length = 0
  })

  const useCredential = (credential: object) =>
    gate.admin.must(
      'PUT',
      '/teamspaces/acme/connections/entra',
      gate.admin.connectionBody(ACME, {
        onBehalfOf: { clientId: ACME.gatewayClientId, credential, scope: `api://${ACME.apiClientId}/.default` },
      }),
    )
  const call = () => gate.call(token)
  const tokenEndpoint = (tenantId: string) => `${gate.emulator.url}/${tenantId}/oauth2/v2.0/token`

  it('S2 6: has exactly the six fields, form-encoded so that the secret survives, at the tenant endpoint', async () => {
    registrationOf(gate).secrets.push({ value: SECRET, keyId: randomUUID() })
    await useCredential({ kind: 'secret', secret: SECRET })
    await expectAllowed(gate, call)

    const expected = {
      grant_type: OBO_GRANT,
      client_id: ACME.gatewayClientId,
      client_secret: SECRET,
      assertion: token,
      scope: `api://${ACME.apiClientId}/.default`,
      requested_token_use: 'on_behalf_of',
    }
    const received = exchangesOf(gate).at(-1)!
    assert.deepEqual(received.form, expected)
    assert.equal(received.path, `/${ACME.tenantId}/oauth2/v2.0/token`)
    assert.match(received.headers['content-type']!, /^application\/x-www-form-urlencoded(?:;charset=UTF-8)?$/i)
    for (const name of ['authorization', 'cookie', 'origin']) assert.equal(received.headers[name], undefined, name)

    const [{ url, init }] = sent as [Sent]
    assert.equal(url, tokenEndpoint(ACME.tenantId))
    const pairs = String(init.body).split('&')
    assert.deepEqual(pairs.map((pair) => pair.split('=')[0]).sort(), Object.keys(expected).sort())
    const encoded = pairs.find((pair) => pair.startsWith('client_secret='))!
    assert.match(encoded, /^client_secret=a%2Bb%26c%3Dd%25e(?:\+|%20)f(?:~|%7E)g$/i) // RFC 6749 Appendix B
  })

  it("S2 6: asks each caller's own tenant, never /common (S2B-13)", async () => {
    const gus = await gate.tokenFor(GLOBEX.gus.email, GLOBEX)
    await expectAllowed(gate, () => gate.call(gus))
    assert.deepEqual(
      sent.map(({ url }) => url),
      [tokenEndpoint(GLOBEX.tenantId)],
    )
    assert.equal(exchangesOf(gate).at(-1)!.form!.client_id, GLOBEX.gatewayClientId)
  })

  it('S2 6: gives up after 20 seconds with a fault, so that a slow Entra holds no call for ever', async (t) => {
    const asked: number[] = []
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    // Real timers, a hundred times faster.
    t.mock.method(AbortSignal, 'timeout', (ms: number) => (asked.push(ms), timeout(ms / 100)))
    gate.emulator.setFault({ path: 'token', kind: 'slow', delayMs: 8_000 })
    const startedAt = performance.now()
    await expectFault(gate, call, 'exchange_unavailable', 503)
    assert.ok(performance.now() - startedAt < 2_000)
    assert.deepEqual(asked, [20_000])
    gate.emulator.setFault(undefined)
    await expectAllowed(gate, call)
  })

  it('S2 6: follows no redirect of the token endpoint: the secret and the assertion go nowhere else', async () => {
    gate.emulator.setFault({ path: 'token', kind: 'status', status: 307 })
    await expectFault(gate, call, 'exchange_unavailable', 503)
    assert.equal(sent[0]!.init.redirect, 'manual')
  })

  it('S2B-16: proves itself by certificate: PS256, x5t#S256, a short life and a fresh jti for each request', async () => {
    const certificate = await createCertificate('gateway.example')
    const { certificatePem, privateKeyPem } = certificate
    registrationOf(gate).certificates.push({ pem: certificatePem })
    await useCredential({ kind: 'certificate', certificatePem, privateKeyPem })
    const tokens = [token, await gate.tokenFor(ACME.ben.email)]
    for (const one of tokens) await expectAllowed(gate, () => gate.call(one))

    const forms = exchangesOf(gate)
      .slice(-2)
      .map(({ form }) => form!)
    for (const form of forms) {
      const fields = ['grant_type', 'client_id', 'client_assertion_type', 'client_assertion', 'assertion', 'scope', 'requested_token_use'] // prettier-ignore
      assert.deepEqual(Object.keys(form).sort(), fields.sort())
      assert.equal(form.client_assertion_type, JWT_BEARER)
      const header = decodeProtectedHeader(form.client_assertion!)
      assert.equal(header.alg, 'PS256')
      assert.equal(header['x5t#S256'], certificate.x5tS256)
      const { iss, sub, aud, exp, iat, jti } = decodeJwt(form.client_assertion!)
      assert.deepEqual([iss, sub, aud], [ACME.gatewayClientId, ACME.gatewayClientId, tokenEndpoint(ACME.tenantId)])
      assert.ok(exp! - iat! <= 600 && exp! > Date.now() / 1000)
      assert.ok(jti)
    }
    assert.notEqual(decodeJwt(forms[0]!.client_assertion!).jti, decodeJwt(forms[1]!.client_assertion!).jti)
  })

  it('S2B-16: a certificate that Entra does not know is a fault for the admin, not a verdict on the caller', async () => {
    const { certificatePem, privateKeyPem } = await createCertificate('stranger.example')
    await useCredential({ kind: 'certificate', certificatePem, privateKeyPem })
    const response = await gate.call(token)
    assert.equal(response.status, 502)
    const { rule, detail } = await auditRowOf(gate, response)
    assert.equal(rule, 'exchange_misconfigured')
    assert.deepEqual(detail.aadsts, [700027])
  })

  it('S2B-16: proves itself by a federated token file, read anew for each request', async () => {
    const issuer = await startIssuer()
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-federated-'))
    const tokenFile = join(folder, 'token')
    const subject = 'system:serviceaccount:sallyport:gate'
    const audience = 'api://AzureADTokenExchange'
    registrationOf(gate).federatedCredentials.push({ issuer: issuer.url, subject, audience })
    try {
      await useCredential({ kind: 'federated', tokenFile })
      await expectFault(gate, call, 'exchange_misconfigured', 502) // not written yet
      await writeFile(tokenFile, '\n')
      await expectFault(gate, call, 'exchange_misconfigured', 502)
      assert.equal(sent.length, 0, 'nothing is asked of Entra without a proof')

      const first = await issuer.sign(subject, audience)
      await writeFile(tokenFile, `${first}\n`)
      await expectAllowed(gate, call)
      const second = await issuer.sign(subject, audience)
      await writeFile(tokenFile, second)
      const ben = await gate.tokenFor(ACME.ben.email)
      await expectAllowed(gate, () => gate.call(ben))
      const forms = exchangesOf(gate)
        .slice(-2)
        .map(({ form }) => form!)
      assert.deepEqual(
        forms.map((form) => form.client_assertion),
        [first, second],
      )
      for (const form of forms) {
        assert.equal(form.client_assertion_type, JWT_BEARER)
        assert.equal(form.client_id, ACME.gatewayClientId)
        assert.equal(form.client_secret, undefined)
      }
      await writeFile(tokenFile, await issuer.sign('system:serviceaccount:other:gate', audience))
      const refused = await gate.call(await gate.tokenFor(ACME.ada.email))
      assert.equal(refused.status, 502)
      assert.deepEqual((await auditRowOf(gate, refused)).detail.aadsts, [700213])
    } finally {
      await rm(folder, { recursive: true })
      await issuer.close()
    }
  })
})

/** An OpenID issuer outside of Entra, such as a Kubernetes cluster. */
async function startIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }
  let url = ''
  const server = createServer(({ url: path }, response) => {
    const discovery = { issuer: url, jwks_uri: `${url}/keys` }
    response.end(JSON.stringify(path === '/keys' ? { keys: [jwk] } : discovery))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    sign: (subject: string, audience: string) =>
      new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .setIssuer(url)
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey),
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  }
}
