import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { send } from './support.ts'

const CHALLENGE = createHash('sha256').update('a verifier that nobody needs to know').digest('base64url')
const SCOPE = `api://${ACME.gatewayClientId}/Mcp.Gateway.Access`

/** A whole authorization request as a raw query; `undefined` takes a parameter away, values are sent as written. */
function query(changes: Record<string, string | readonly string[] | undefined> = {}): string {
  const params: Record<string, string | readonly string[] | undefined> = {
    response_type: 'code',
    client_id: ACME.gatewayClientId,
    redirect_uri: encodeURIComponent('http://127.0.0.1:33418/'),
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: 's1',
    ...changes,
  }
  return Object.entries(params)
    .flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((one) => `${name}=${one}`)))
    .join('&')
}

describe('the facade at /authorize', () => {
  let gate: TestGate
  before(async () => void (gate = await startGate()))
  after(() => gate.close())
  afterEach(() => {
    assert.equal(gate.emulator.requests.length, 0, 'the gate only redirects: Entra is not contacted')
    assert.equal(gate.upstream.seen.length, 0)
  })

  const authorize = (raw: string, prefix = '') => send(gate.publicUrl, `${prefix}/authorize?${raw}`)
  const locationOf = async (raw: string, prefix = '') => {
    const answer = await authorize(raw, prefix)
    assert.equal(answer.status, 302, `${raw}: ${answer.body}`)
    return answer.headers.location!
  }
  const onwardOf = async (changes: Parameters<typeof query>[0], prefix?: string) => {
    const location = new URL(await locationOf(query(changes), prefix))
    assert.equal(location.origin, gate.emulator.url, `sent to ${location.origin}`)
    return location.searchParams
  }
  /** An error that goes back to the client, whose redirect URI is known by then (RFC 6749 §4.1.2.1). */
  const assertSentBack = async (changes: Parameters<typeof query>[0], error: string) => {
    const location = await locationOf(query(changes))
    assert.equal(location, `http://127.0.0.1:33418/?error=${error}&state=s1`)
  }
  /** A refusal that is shown: nothing may be redirected anywhere. */
  const assertShown = async (raw: string, error: string) => {
    const answer = await authorize(raw)
    assert.equal(answer.status, 400, raw)
    assert.equal(answer.headers.location, undefined)
    assert.match(answer.headers['content-type']!, /^text\/html/)
    assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.ok(answer.body.includes(`<code>${error}</code>`), answer.body)
  }
  const ours = (path: string) => encodeURIComponent(`${gate.publicUrl}${path}`)

  it('S2 3: redirects with 302 to the authorization endpoint of the Entra tenant, parameters in order', async () => {
    const expected = new URLSearchParams({
      client_id: ACME.gatewayClientId,
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:33418/',
      scope: `${SCOPE} offline_access`,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    })
    assert.equal(
      await locationOf(query()),
      `${gate.emulator.url}/${ACME.tenantId}/oauth2/v2.0/authorize?${expected}&state=s1`,
    )
  })

  it("S2 3: sends each teamspace's people to its own Entra tenant", async () => {
    const client = { client_id: GLOBEX.gatewayClientId }
    const location = await locationOf(query(client), '/t/globex')
    assert.ok(location.startsWith(`${gate.emulator.url}/${GLOBEX.tenantId}/oauth2/v2.0/authorize?`), location)
    const answer = await authorize(query(client), '/t/acme')
    assert.equal(answer.status, 400, "another teamspace's client is unknown here")
    assert.equal((await authorize(query(), '/t/nobody')).status, 404)
  })

  it('S2 3: preserves state byte for byte, in every encoding (S2C-27)', async () => {
    const states = [
      'a+b',
      'a%2Bb',
      'a%2bb',
      'a%20b',
      'a%00b',
      '%C3%A9%E2%82%AC%F0%9F%94%91',
      '%ff%fe',
      'eyJub25jZSI6IjEifQ==',
      'a%3D%3D%26redirect_uri%3Dhttps%3A%2F%2Fattacker.example',
      '%0d%0aSet-Cookie%3A%20a%3Db',
      '%25%32%35',
      '%',
      '%zz',
      '',
      'x'.repeat(4000),
      "~!*()_.-'",
      'a?b/c:d@e;f,g',
      '"<>|{}^`[]',
    ]
    for (const state of states) {
      const location = await locationOf(query({ state }))
      assert.equal(/[?&]state=([^&]*)/.exec(location)?.[1], state)
      assert.equal(location.match(/[?&]state=/g)!.length, 1)
    }
    assert.doesNotMatch(await locationOf(query({ state: undefined })), /state=/)
  })

  it('S2 3: preserves state in the errors that it sends back itself', async () => {
    const location = await locationOf(query({ state: 'a+b%2Bc%20%00', response_type: 'token' }))
    assert.equal(location, 'http://127.0.0.1:33418/?error=unsupported_response_type&state=a+b%2Bc%20%00')
  })

  it('S2 3: never loses a state of bytes that no URL may hold: it comes back whole, or the request is refused', async () => {
    const raw = await new Promise<string>((resolve, reject) => {
      const { port, host } = new URL(gate.publicUrl)
      const socket = connect(Number(port), '127.0.0.1')
      const chunks: Buffer[] = []
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')))
      socket.on('error', reject)
      const line = `GET /authorize?${query({ state: 'é€' })} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`
      socket.end(Buffer.from(line, 'utf8'))
    })
    const status = /^HTTP\/1\.1 (\d{3})/.exec(raw)![1]
    if (status === '400') return
    const location = /^location: (.*)$/im.exec(raw)![1]!
    assert.equal(new URL(location).searchParams.get('state'), 'é€')
  })

  it('S2 3: takes any resource of ours, and strips it before Entra sees it (S2C-22)', async () => {
    const resources: (string | string[])[] = [
      ours('/context7/mcp'),
      ours('/context7/mcp/'),
      ours('/context7'),
      ours(''),
      ours('/'),
      `${gate.publicUrl}/context7/mcp`,
      [ours('/context7'), ours('/context7/mcp')],
    ]
    for (const resource of resources) {
      const onward = await onwardOf({ resource })
      assert.equal(onward.has('resource'), false, String(resource))
    }
    const globex = { client_id: GLOBEX.gatewayClientId, resource: ours('/t/globex/context7/mcp') }
    assert.equal((await onwardOf(globex, '/t/globex')).has('resource'), false)
  })

  it('S2 3: sends a foreign resource back with invalid_target', async () => {
    const { port } = new URL(gate.publicUrl)
    const foreign: (string | string[])[] = [
      'https%3A%2F%2Fattacker.example%2Fcontext7%2Fmcp',
      encodeURIComponent(`http://127.0.0.1:${Number(port) + 1}/context7/mcp`),
      encodeURIComponent(`http://user@127.0.0.1:${port}/context7/mcp`),
      encodeURIComponent(`http://127.0.0.1:${port}.attacker.example/context7/mcp`),
      encodeURIComponent(`https://127.0.0.1:${port}/context7/mcp`),
      ours('/context7/mcp/deeper'),
      ours('/context7/mc'),
      ours('/context'),
      ours('/context7/mcp?x=1'),
      ours('/context7/mcp#fragment'),
      ours('/t/globex/context7/mcp'),
      encodeURIComponent(`api://${ACME.gatewayClientId}`),
      'context7',
      '',
      [ours('/context7/mcp'), 'https%3A%2F%2Fattacker.example%2F'],
    ]
    for (const resource of foreign) await assertSentBack({ resource }, 'invalid_target')
  })

  it('S2 3: supplies, qualifies or refuses scopes (S2C-24)', async () => {
    const scopes: Record<string, string> = {
      'Mcp.Gateway.Access': `${SCOPE} offline_access`,
      [`openid+profile+email+offline_access+${encodeURIComponent(SCOPE)}`]: `openid profile email offline_access ${SCOPE}`,
      'openid%20offline_access': `${SCOPE} openid offline_access`,
      'openid++Mcp.Gateway.Access': `openid ${SCOPE} offline_access`,
      '': `${SCOPE} offline_access`,
      '.default': `api://${ACME.gatewayClientId}/.default`,
      [encodeURIComponent(`api://${ACME.gatewayClientId}/.default`)]: `api://${ACME.gatewayClientId}/.default`,
      [encodeURIComponent(`${ACME.gatewayClientId}/Mcp.Gateway.Access`)]:
        `${ACME.gatewayClientId}/Mcp.Gateway.Access offline_access`,
    }
    for (const [scope, expected] of Object.entries(scopes)) {
      assert.equal((await onwardOf({ scope })).get('scope'), expected, scope)
    }
    const refused = [
      'https%3A%2F%2Fgraph.microsoft.com%2FUser.Read',
      encodeURIComponent(`${SCOPE} https://graph.microsoft.com/Mail.Read`),
      encodeURIComponent(`api://${ACME.apiClientId}/mcp.access`),
      encodeURIComponent(`api://${GLOBEX.gatewayClientId}/Mcp.Gateway.Access`),
      encodeURIComponent(`api://${ACME.gatewayClientId}/.default ${SCOPE}`),
      '.default+Mcp.Gateway.Access',
      'Mcp.Gateway.Access%09Mail.Read',
      'Mcp.Gateway.Access%0AMail.Read',
      'Mcp.Gateway.Access%C2%A0Mail.Read',
    ]
    for (const scope of refused) await assertSentBack({ scope }, 'invalid_scope')
  })

  it('S2 3: passes on the sign-in hints that are known, and drops what is not (S2C-27)', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const onward = await onwardOf({
      prompt: 'select_account',
      login_hint: 'ada%40acme.example',
      domain_hint: 'acme.example',
      claims: encodeURIComponent(claims),
      nonce: 'n%2B1',
      response_mode: 'query',
      code_verifier: 'never-here',
      client_secret: 'never-here',
      access_token: 'never-here',
      id_token_hint: 'x',
      unknown: 'x',
    })
    const hints = Object.fromEntries(['prompt', 'login_hint', 'domain_hint', 'claims', 'nonce'].map((name) => [name, onward.get(name)])) // prettier-ignore
    assert.deepEqual(hints, {
      prompt: 'select_account',
      login_hint: 'ada@acme.example',
      domain_hint: 'acme.example',
      claims,
      nonce: 'n+1',
    })
    for (const name of ['code_verifier', 'client_secret', 'access_token', 'id_token_hint', 'unknown']) {
      assert.equal(onward.has(name), false, name)
    }
  })

  it('S2 3: sends back what it does not support, once the redirect URI is known (S2C-26)', async () => {
    for (const response_type of ['token', 'id_token', 'code+id_token', '', undefined]) {
      await assertSentBack({ response_type }, 'unsupported_response_type')
    }
    for (const response_mode of ['fragment', 'form_post', 'jwt']) {
      await assertSentBack({ response_mode }, 'invalid_request')
    }
  })

  it('S2 4: shows an error and redirects nowhere without PKCE S256 (S2C-25)', async () => {
    const without: Parameters<typeof query>[0][] = [
      { code_challenge: undefined, code_challenge_method: undefined },
      { code_challenge: undefined },
      { code_challenge: '' },
      { code_challenge_method: undefined },
      { code_challenge_method: 'plain' },
      { code_challenge_method: 's256' },
      { code_challenge: `${CHALLENGE}=` },
      { code_challenge: 'short' },
      { code_challenge: `${CHALLENGE}%0d%0a` },
    ]
    for (const changes of without) await assertShown(query(changes), 'invalid_request')
  })

  it('S2 4: shows an error and redirects nowhere for a redirect URI that is not registered', async () => {
    const unregistered = [
      'https://attacker.example/callback',
      'http://attacker.example:33418/',
      'http://127.0.0.1:33418/other',
      'http://127.0.0.1:33418/callback/',
      'http://127.0.0.1:33418/Callback',
      'http://127.0.0.1:33418/?x=1',
      'http://127.0.0.1:33418/#fragment',
      'http://127.0.0.1@attacker.example/',
      'http://127.0.0.1:33418@attacker.example/',
      'http://127.0.0.1:33418\\@attacker.example/',
      'http://127.0.0.1.attacker.example/',
      'http://localhost.attacker.example/callback',
      'http://127.0.0.1:999999/',
      'http://0x7f000001/',
      'http://[::1]/',
      'https://127.0.0.1/',
      'HTTP://127.0.0.1/',
      'https://vscode.dev/redirect/',
      'https://vscode.dev/redirect?a=b',
      'https://vscode.dev:444/redirect',
      'https://vscode.dev/redirect/../x',
      'https://VSCODE.dev/redirect',
      'javascript:alert(1)',
      '//attacker.example/',
      '',
    ]
    for (const uri of unregistered) {
      await assertShown(query({ redirect_uri: encodeURIComponent(uri) }), 'invalid_request')
    }
    await assertShown(query({ redirect_uri: undefined }), 'invalid_request')
  })

  it('S2 4: lets the port of a registered loopback URI float, and takes the others exactly (RFC 8252 §7.3)', async () => {
    const registered = [
      'http://127.0.0.1:1/',
      'http://127.0.0.1/',
      'http://127.0.0.1:65535/callback',
      'http://localhost:50000/callback',
      'http://localhost/oauth/callback',
      'https://vscode.dev/redirect',
    ]
    for (const uri of registered) {
      const onward = await onwardOf({ redirect_uri: encodeURIComponent(uri) })
      assert.equal(onward.get('redirect_uri'), uri)
    }
  })

  it('S2 4: shows an error for a client that is not registered, without naming what was sent', async () => {
    const marker = 'cccccccc-0000-4000-8000-00000000dead'
    for (const client_id of [undefined, '', marker, GLOBEX.gatewayClientId, 'https%3A%2F%2Fclient.example%2Fid.json']) {
      await assertShown(query({ client_id }), 'invalid_client')
    }
    const { body } = await authorize(query({ client_id: '%3Cscript%3Ealert(1)%3C/script%3E' }))
    assert.ok(!body.includes('<script>') && !body.includes('alert(1)'))
  })

  it('S2 4: refuses repeated parameters (RFC 6749 §3.1), however the names are spelled', async () => {
    for (const name of ['client_id', 'redirect_uri', 'state', 'scope', 'code_challenge', 'response_type', 'prompt']) {
      await assertShown(`${query({ scope: 'openid', prompt: 'none' })}&${name}=x`, 'invalid_request')
    }
    await assertShown(`${query()}&%73tate=x`, 'invalid_request')
    await assertShown(`${query()}&redirect%5Furi=https%3A%2F%2Fattacker.example`, 'invalid_request')
  })

  it('S2 4: refuses a query that is too long, and other methods', async () => {
    await assertShown(query({ state: 'x'.repeat(16 * 1024) }), 'invalid_request')
    assert.equal((await send(gate.publicUrl, `/authorize?${query()}`, { method: 'POST' })).status, 404)
  })

  it('S2 4: wants a resource where the operator says so', async () => {
    const strict = await startGate({ settings: 'facade: { resource: required }\n' })
    try {
      const answer = await send(strict.publicUrl, `/authorize?${query()}`)
      assert.equal(answer.headers.location, 'http://127.0.0.1:33418/?error=invalid_target&state=s1')
      const resource = encodeURIComponent(strict.mcpUrl)
      const accepted = await send(strict.publicUrl, `/authorize?${query({ resource })}`)
      assert.ok(accepted.headers.location!.startsWith(strict.emulator.url))
    } finally {
      await strict.close()
    }
  })
})
