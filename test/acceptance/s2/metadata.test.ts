import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseChallenge } from '../../../packages/verifier/test/auth-params.ts'
import { ACME, GLOBEX, startGate, TOOLS_LIST } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { send } from './support.ts'

const PRM = '/.well-known/oauth-protected-resource'
const AS = '/.well-known/oauth-authorization-server'

describe('the OAuth discovery facade', () => {
  let gate: TestGate
  before(async () => void (gate = await startGate()))
  after(() => gate.close())

  const scopeOf = ({ gatewayClientId }: { gatewayClientId: string }) => `api://${gatewayClientId}/Mcp.Gateway.Access`
  const resourceDocument = (resource: string, issuer: string, teamspace: typeof ACME | typeof GLOBEX) => ({
    resource,
    authorization_servers: [issuer],
    scopes_supported: [scopeOf(teamspace)],
    bearer_methods_supported: ['header'],
  })
  const serverDocument = (issuer: string, teamspace: typeof ACME | typeof GLOBEX) => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${gate.emulator.url}/${teamspace.tenantId}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access', scopeOf(teamspace)],
  })
  /** Byte for byte: members, their order and no others. */
  const assertDocument = async (path: string, expected: object) => {
    const answer = await send(gate.publicUrl, path)
    assert.equal(answer.status, 200, path)
    assert.equal(answer.body, JSON.stringify(expected), path)
  }

  it('S2 1: publishes the protected resource metadata of S2C-01, member for member, at the root', async () => {
    await assertDocument(PRM, resourceDocument(`${gate.publicUrl}/context7`, gate.publicUrl, ACME))
  })

  it('S2 1: publishes the authorization server metadata of S2C-10, member for member', async () => {
    await assertDocument(AS, serverDocument(gate.publicUrl, ACME))
  })

  it('S2 1: publishes path-inserted metadata whose resource is the exact endpoint (S2C-02, RFC 9728 §3.1)', async () => {
    const { publicUrl } = gate
    const inTeamspace = (slug: string) => `${publicUrl}/t/${slug}`
    await assertDocument(`${PRM}/context7/mcp`, resourceDocument(`${publicUrl}/context7/mcp`, publicUrl, ACME))
    for (const teamspace of [ACME, GLOBEX]) {
      const base = inTeamspace(teamspace.slug)
      await assertDocument(
        `${PRM}/t/${teamspace.slug}/context7/mcp`,
        resourceDocument(`${base}/context7/mcp`, base, teamspace),
      )
    }
  })

  it('S2 1: gives each teamspace an issuer that equals the URL its document is found by (S2C-12)', async () => {
    for (const teamspace of [ACME, GLOBEX]) {
      await assertDocument(
        `${AS}/t/${teamspace.slug}`,
        serverDocument(`${gate.publicUrl}/t/${teamspace.slug}`, teamspace),
      )
    }
  })

  it('S2 1: serves both documents to any browser, cacheable for minutes, to HEAD and to OPTIONS (S2C-15)', async () => {
    for (const path of [PRM, `${PRM}/context7/mcp`, AS, `${AS}/t/globex`]) {
      const { headers } = await send(gate.publicUrl, path, { headers: { origin: 'https://anywhere.example' } })
      assert.equal(headers['content-type'], 'application/json', path)
      assert.equal(headers['access-control-allow-origin'], '*', path)
      assert.equal(headers['access-control-allow-credentials'], undefined, path)
      assert.match(headers['cache-control'] ?? '', /\bmax-age=\d{2,3}\b/, path)
      const head = await send(gate.publicUrl, path, { method: 'HEAD' })
      assert.deepEqual([head.status, head.body], [200, ''], path)
      const preflight = await send(gate.publicUrl, path, {
        method: 'OPTIONS',
        headers: { origin: 'https://anywhere.example', 'access-control-request-method': 'GET' },
      })
      assert.equal(preflight.status, 204, path)
      assert.equal(preflight.headers['access-control-allow-origin'], '*', path)
    }
  })

  it('S2 1: builds every address from the configured public URL, whatever Host says', async () => {
    const { port } = new URL(gate.publicUrl)
    const other = await send(gate.publicUrl, PRM, { headers: { host: `localhost:${port}` } })
    assert.equal(JSON.parse(other.body).resource, `${gate.publicUrl}/context7`)
    const foreign = await send(gate.publicUrl, PRM, { headers: { host: 'attacker.example' } })
    assert.equal(foreign.status, 403)
    assert.ok(!foreign.body.includes('attacker'))
  })

  it('S2 1: has no registration endpoint unless configured (S2C-11) and no openid-configuration (S2C-36)', async () => {
    assert.equal((await send(gate.publicUrl, '/register', { method: 'POST', body: '{}' })).status, 404)
    for (const path of ['/.well-known/openid-configuration', '/.well-known/openid-configuration/t/acme']) {
      assert.equal((await send(gate.publicUrl, path)).status, 404, path)
    }
  })

  it('S2 1: tells nobody which teamspaces exist beyond those that can be signed in to', async () => {
    await gate.admin.must('POST', '/teamspaces', { slug: 'initech', name: 'Initech' })
    const nonsense = await send(gate.publicUrl, '/.well-known/nothing')
    for (const slug of ['initech', 'nobody']) {
      const answer = await send(gate.publicUrl, `${AS}/t/${slug}`)
      assert.deepEqual([answer.status, answer.body], [404, nonsense.body], slug)
    }
  })

  it('S2 2: answers an unauthenticated POST with the challenge of S2C-40, which a strict parser can read', async () => {
    const response = await gate.call(undefined)
    assert.equal(response.status, 401)
    const { scheme, params } = parseChallenge(response.headers.get('www-authenticate')!)
    assert.equal(scheme, 'Bearer')
    assert.equal(params.resource_metadata, `${gate.publicUrl}${PRM}`)
    assert.equal(params.scope, scopeOf(ACME))
    assert.equal(params.error, undefined, 'RFC 6750 §3.1: no credential, no error')
    assert.match(response.headers.get('content-type')!, /^application\/json/)
    assert.equal(gate.upstream.seen.length, 0)
  })

  it('S2 2: follows from the challenge to the metadata to the issuer, in each teamspace', async () => {
    for (const [url, slug] of [
      [gate.mcpUrl, undefined],
      [`${gate.publicUrl}/t/acme/context7/mcp`, 'acme'],
      [`${gate.publicUrl}/t/globex/context7/mcp`, 'globex'],
    ] as const) {
      const refused = await gate.call(undefined, { url, body: TOOLS_LIST })
      assert.equal(refused.status, 401)
      const { params } = parseChallenge(refused.headers.get('www-authenticate')!)
      const resource: any = await (await fetch(params.resource_metadata!)).json()
      assert.ok(url.startsWith(resource.resource), `${url} is below ${resource.resource}`)
      const issuer = new URL(resource.authorization_servers[0])
      assert.equal(issuer.href.replace(/\/$/, ''), `${gate.publicUrl}${slug ? `/t/${slug}` : ''}`)
      const document = await fetch(`${issuer.origin}${AS}${issuer.pathname.replace(/\/$/, '')}`)
      assert.equal(((await document.json()) as { issuer: string }).issuer, resource.authorization_servers[0])
    }
    assert.equal(gate.upstream.seen.length, 0)
  })
})
