import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { mintMcpToken } from '@sallyport/verifier'
import { connect, call } from '../test/findings-with-entra.ts'
import { postTool, resultOf } from '../test/tool-call.ts'
import { startFindings } from './start-findings.ts'
import { createMcpTokenStore } from './tokens/mcp-token-store.ts'

async function startWithTokens(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'findings-'))
  const tokens = createMcpTokenStore(dataDir)
  const lines: string[] = []
  const findings = await startFindings({ port: 0, dataDir, auth: { tokens }, log: (line) => lines.push(line) })
  t.after(async () => {
    await findings.close()
    tokens.close()
    await rm(dataDir, { recursive: true })
  })
  return { url: findings.url, tokens, lines, mint: (teamspaceId: string) => tokens.mint(teamspaceId, 'test', 'test') }
}

const refusalOf = async (response: Response) => ({
  status: response.status,
  challenge: response.headers.get('www-authenticate'),
  body: await response.text(),
})

test('S4 1 a minted token is let in, and its teamspace is the one that it was minted for', async (t) => {
  const { url, tokens, mint } = await startWithTokens(t)
  const { id, token } = mint('acme')
  assert.deepEqual(await resultOf(await postTool(url, token)), {
    kind: 'token',
    teamspaceId: 'acme',
    subject: id,
    issuer: 'mcp-token',
    audience: null,
    clientId: null,
    oid: null,
    tid: null,
    scopes: [],
    roles: [],
    appOnly: false,
  })
  await postTool(url, token)
  assert.ok(tokens.list('acme')[0]?.lastUsedAt)
})

for (const mode of [{ pin: '2026-07-28' }, 'legacy'] as const) {
  test(`a client with nothing but a token calls tools (${JSON.stringify(mode)})`, async (t) => {
    const { url, mint } = await startWithTokens(t)
    const client = await connect(t, url, mint('acme').token, mode)
    assert.equal((await client.listTools()).tools.length, 12)
    assert.equal((await call(client, 'whoami'))['kind'], 'token')
  })
}

test('S4 4 S4-21 a revoked token is refused on the next call, in the words of one that never was', async (t) => {
  const { url, tokens, mint, lines } = await startWithTokens(t)
  const { id, token } = mint('acme')
  const other = mint('acme')
  await resultOf(await postTool(url, token))
  tokens.revoke('acme', id)

  const revoked = await refusalOf(await postTool(url, token))
  assert.equal(revoked.status, 401)
  assert.deepEqual(revoked, await refusalOf(await postTool(url, mintMcpToken().token)))
  assert.deepEqual(revoked, await refusalOf(await postTool(url, 'mcpt_short')))
  assert.deepEqual(revoked, await refusalOf(await postTool(url, token.toUpperCase())))
  await resultOf(await postTool(url, other.token))
  assert.ok(lines.every((line) => !line.includes(token) && !line.includes('mcpt_')))
})

test('S4-23 a refused call is no use of its token', async (t) => {
  const { url, tokens, mint } = await startWithTokens(t)
  const { id, token } = mint('acme')
  tokens.revoke('acme', id)
  await postTool(url, token)
  await postTool(url, token)
  assert.equal(tokens.list('acme')[0]?.lastUsedAt, null)
})

test('S4 6 S4-26 without a token the endpoint answers 401 and health answers 200', async (t) => {
  const { url } = await startWithTokens(t)
  assert.equal((await postTool(url, undefined)).status, 401)
  for (const path of ['/health', '/healthz']) assert.equal((await fetch(new URL(path, url))).status, 200)
})

test('S4 14 S4-22 while tokens cannot be looked up the answer is 503, and no challenge', async (t) => {
  const { url, tokens, mint } = await startWithTokens(t)
  const { token } = mint('acme')
  const find = tokens.find
  Object.assign(tokens, { find: () => assert.fail('the database is gone') })
  const response = await postTool(url, token)
  assert.equal(response.status, 503)
  assert.ok(!response.headers.has('www-authenticate'))
  Object.assign(tokens, { find })
  await resultOf(await postTool(url, token))
})

test('S4 15 what is neither a token of ours nor a JWT is refused, and so is a JWT where none is let in', async (t) => {
  const { url } = await startWithTokens(t)
  for (const text of ['totally-not-a-real-token', 'sk-live-abc', '..', 'eyJhbGciOiJub25lIn0.e30.']) {
    assert.equal((await postTool(url, text)).status, 401, text)
  }
})

test('X-44 a session that one token began is not found with another, of the same teamspace or not', async (t) => {
  const { url, mint } = await startWithTokens(t)
  const [first, second, foreign] = [mint('acme').token, mint('acme').token, mint('globex').token]
  const send = (token: string, method: string, params: object, session?: string) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        ...(session && { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
  const clientInfo = { name: 'test', version: '1.0.0' }
  const begun = await send(first, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  await begun.text()
  const session = begun.headers.get('mcp-session-id') ?? ''
  const statusFor = async (token: string) => (await send(token, 'tools/list', {}, session)).status
  assert.deepEqual([await statusFor(first), await statusFor(second), await statusFor(foreign)], [200, 404, 404])
})

test('a server that would let nobody in does not start', async () => {
  await assert.rejects(startFindings({ port: 0, dataDir: tmpdir(), auth: {} }), /at least one of/)
})

test('S4-27 where nobody can sign in, the challenge sends nobody to look for it', async (t) => {
  const { url } = await startWithTokens(t)
  const { status, challenge } = await refusalOf(await fetch(url, { method: 'POST' }))
  assert.deepEqual([status, challenge], [401, 'Bearer realm="mcp"'])
})
