import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startLocalOidc, OIDC_AUDIENCE } from '../test/local-oidc.ts'
import { postTool, resultOf } from '../test/tool-call.ts'
import type { FindingsApp } from './app.ts'
import { startFindings } from './start-findings.ts'
import { createMcpTokenStore, type McpTokenStore } from './tokens/mcp-token-store.ts'

let oidc: Awaited<ReturnType<typeof startLocalOidc>>
let tokens: McpTokenStore
let findings: FindingsApp
let dataDir: string

before(async () => {
  oidc = await startLocalOidc()
  dataDir = await mkdtemp(join(tmpdir(), 'findings-'))
  tokens = createMcpTokenStore(dataDir)
  const connection = {
    teamspaceId: 'acme',
    issuer: oidc.issuer,
    audience: OIDC_AUDIENCE,
    requiredScope: 'findings.read',
    allowedClients: ['scanner'],
  }
  findings = await startFindings({ port: 0, dataDir, auth: { oidc: [connection], tokens } })
})
after(async () => {
  await findings.close()
  tokens.close()
  await oidc.close()
  await rm(dataDir, { recursive: true })
})

test('an access token of any OpenID provider that is connected is let in, as what it proves', async () => {
  const seen = await resultOf(await postTool(findings.url, await oidc.accessToken()))
  assert.deepEqual(
    [seen['kind'], seen['teamspaceId'], seen['issuer'], seen['audience'], seen['clientId'], seen['scopes']],
    ['oidc', 'acme', oidc.issuer, OIDC_AUDIENCE, 'scanner', ['findings.read']],
  )
})

test('a token for another resource, of another client, or without the scope is refused', async () => {
  const statusOf = async (token: string) => (await postTool(findings.url, token)).status
  assert.equal(await statusOf(await oidc.accessToken('scanner', 'findings.read', 'urn:example:other')), 401)
  assert.ok([401, 403].includes(await statusOf(await oidc.accessToken('outsider'))))
  assert.equal(await statusOf(await oidc.accessToken('scanner', 'other.read')), 403)
})

test('X-12 tokens and OpenID Connect stand side by side, and each is judged by its own door only', async () => {
  const { token } = tokens.mint('globex', 'test', 'test')
  assert.equal((await resultOf(await postTool(findings.url, token)))['teamspaceId'], 'globex')
  const [header, payload] = (await oidc.accessToken()).split('.')
  assert.equal((await postTool(findings.url, `${header}.${payload}.${token}`)).status, 401)
})

test('the metadata of the resource names the issuers where tokens may be had (RFC 9728)', async () => {
  const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', findings.url))
  assert.deepEqual(((await metadata.json()) as Record<string, unknown>)['authorization_servers'], [oidc.issuer])
})
