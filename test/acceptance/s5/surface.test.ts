import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { runCli } from '../../../apps/sallyport/src/cli/run-cli.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { loadConfig } from '../../../apps/sallyport/src/config/load-config.ts'
import { challengeOf, expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { runProgram, SALLYPORT, startProgram, temporaryFolder } from '../../e2e/support/program.ts'
import { startKubernetesGate } from './support.ts'
import type { KubernetesGate } from './support.ts'

const PRM = '/.well-known/oauth-protected-resource'

describe('S5: what everybody may ask, and what nobody may walk around', () => {
  let gate: KubernetesGate
  before(async () => void (gate = await startKubernetesGate()))
  after(() => gate[Symbol.asyncDispose]())

  test('S5 12 health and resource metadata are open; other well-knowns and other spellings lead nowhere', async () => {
    for (const path of ['/healthz', '/readyz', PRM, `${PRM}/mcp`]) {
      assert.equal((await fetch(gate.publicUrl + path)).status, 200, path)
    }
    const token = gate.tokenFor()
    const headers: [string, string][] = [['authorization', `Bearer ${token}`]]
    const targets = ['/.well-known/other', '/healthz/../mcp', '//mcp', '/.well-known/../mcp', '/healthz/%2e%2e/mcp']
    const more = ['/.well-known/oauth-protected-resource/../../mcp', '/mcp/', '/MCP', '/%6dcp', '/mcp;x', '/./mcp']
    for (const target of [...targets, ...more]) {
      const reached = gate.upstream.seen.length
      for (const method of ['POST', 'GET']) {
        const answer = await sendRequest(gate.mcpUrl, { method, target, headers })
        assert.equal(answer.status, 404, `${method} ${target}`)
        assert.ok(!answer.body.includes('resource"'), target)
      }
      assert.equal(gate.upstream.seen.length, reached, target)
    }
    await expectAllowed(gate, () => gate.call(token))
  })

  test('S5 13 without authorization-url the metadata names the API server, the resource and how to send the token', async () => {
    for (const path of [PRM, `${PRM}/mcp`]) {
      const document = (await (await fetch(gate.publicUrl + path)).json()) as Record<string, unknown>
      assert.equal(document['resource'], `${gate.publicUrl}/mcp`)
      assert.deepEqual(document['authorization_servers'], [gate.api.url])
      assert.deepEqual(document['bearer_methods_supported'], ['header'])
    }
    const { status } = await fetch(`${gate.publicUrl}/.well-known/oauth-authorization-server`)
    assert.equal(status, 404, 'metadata of an authorization server is its own to publish (S5-48)')
  })

  test('S5 13 with authorization-url the metadata names exactly that', async () => {
    await using idp = await startKubernetesEmulator()
    await using own = await startKubernetesGate({
      section: () => `{ requireOauth: true, authorizationUrl: '${idp.url}' }`,
    })
    const document = (await (await fetch(own.publicUrl + PRM)).json()) as Record<string, unknown>
    assert.deepEqual(document['authorization_servers'], [idp.url])
  })

  test('X-29 the challenge leads to the metadata, and the metadata to the resource that was called', async () => {
    const answer = await expectRefusal(gate, () => gate.call(undefined), { status: 401, code: 'token_missing' })
    const { resource_metadata: url } = challengeOf(answer)
    const document = (await (await fetch(url!)).json()) as Record<string, unknown>
    assert.equal(document['resource'], gate.mcpUrl)
  })
})

describe('S5: the texts of kubernetes-mcp-server', () => {
  let gate: KubernetesGate
  before(async () => void (gate = await startKubernetesGate({ settings: 'compat: { plainTextErrors: true }' })))
  after(() => gate[Symbol.asyncDispose]())

  test('S5 4 a missing bearer and a bad one are answered in its own words, with a challenge that parses', async () => {
    const cases: [headers: Record<string, string>, text: string, error: string | undefined][] = [
      [{}, 'Unauthorized: Bearer token required\n', undefined],
      [{ authorization: 'Basic eDp5' }, 'Unauthorized: Bearer token required\n', undefined],
      [{ authorization: 'Bearer ' }, 'Unauthorized: Bearer token is empty\n', 'invalid_token'],
      [{ authorization: 'Bearer nonsense' }, 'Unauthorized: Invalid token\n', 'invalid_token'],
    ]
    for (const [headers, text, error] of cases) {
      const reached = gate.upstream.seen.length
      const response = await gate.call(undefined, { headers })
      const answer = { status: response.status, headers: response.headers, body: await response.text() }
      assert.deepEqual([answer.status, answer.body], [401, text])
      assert.match(answer.headers.get('content-type')!, /^text\/plain/)
      assert.equal(challengeOf(answer)['error'], error)
      assert.equal(gate.upstream.seen.length, reached)
    }
  })
})

const CONFIG = `publicUrl: http://127.0.0.1:8080
database: 'sqlite::memory:'
clusters: { prod: { server: https://10.0.0.1, tokenFile: token } }
servers: { k8s: { path: /mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } } }
`

describe('S5: start and reload', () => {
  test('S5 3 authorization-url or server-url without require-oauth: the program ends with the exact text', async (t) => {
    const folder = await temporaryFolder(t)
    const { writeFile } = await import('node:fs/promises')
    const file = `${folder}/sallyport.yaml`
    await writeFile(file, CONFIG)
    const only = 'authorization-url and server-url are only valid if require-oauth is enabled'
    for (const flags of [
      ['--authorization-url', 'https://idp.example'],
      ['--server-url', 'http://127.0.0.1:8080/mcp'],
    ]) {
      const lines: string[] = []
      const terminal = {
        env: {},
        loadConfig,
        fetch,
        now: Date.now,
        out: () => {},
        err: (line: string) => lines.push(line),
      }
      assert.equal(await runCli(['serve', '--config', file, ...flags], terminal), 1)
      assert.ok(lines.join('\n').endsWith(only), lines.join('\n'))
    }
    const insecure = ['--require-oauth', '--authorization-url', 'http://idp.example']
    const { code, stderr } = await runProgram(t, [SALLYPORT, 'serve', '--config', file, ...insecure])
    assert.equal(code, 1)
    assert.match(stderr, /authorization-url must start with https:\/\//)
  })

  test('S5 15 a reload switches the verifier at once, and one that cannot be used keeps the old', async () => {
    await using idp = await startKubernetesEmulator()
    await using gate = await startKubernetesGate()
    const reviewed = gate.tokenFor()
    const signed = idp.issueToken({ namespace: 'agents', name: 'crawler', audiences: [gate.audience] })
    await expectAllowed(gate, () => gate.call(reviewed))
    await expectRefusal(gate, () => gate.call(signed), { status: 401 })

    await gate.sallyport.reload(await gate.configOf(() => `{ requireOauth: true, authorizationUrl: '${idp.url}' }`))
    const asked = gate.api.reviews.length
    await expectAllowed(gate, () => gate.call(signed))
    await expectRefusal(gate, () => gate.call(reviewed), { status: 401 })
    assert.equal(gate.api.reviews.length, asked)

    await assert.rejects(
      gate.configOf(() => `{ requireOauth: false, authorizationUrl: '${idp.url}' }`),
      /only valid if/,
    )
    await expectAllowed(gate, () => gate.call(signed))
    await gate.sallyport.reload(await gate.configOf())
    await expectAllowed(gate, () => gate.call(gate.tokenFor({ namespace: 'agents', name: 'back' })))
  })

  test('S5 15 over stdio nobody is asked for a token, whatever the settings of HTTP say', async (t) => {
    const folder = await temporaryFolder(t)
    const main = new URL('../../../examples/findings/src/main.ts', import.meta.url).pathname
    const args = [main, '--stdio', '--port', '1', '--data-dir', folder]
    const program = startProgram(t, args, { env: { STDIO_TENANT_ID: 'acme' } })
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
    program.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`)
    const [answer] = await program.sees(/\{.*"id":1.*\}/)
    assert.equal(JSON.parse(answer).error, undefined)
    await program.sees(/stdio has no use for --port/)
  })

  test('a start that is repeated declares nothing twice, and a person who was removed stays out', async () => {
    await using gate = await startKubernetesGate()
    const token = gate.tokenFor()
    await expectAllowed(gate, () => gate.call(token))
    const before = await gate.admin.must('GET', '/teamspaces/default/connections/kubernetes')
    await gate.sallyport.reload(await gate.configOf())
    assert.deepEqual(await gate.admin.must('GET', '/teamspaces/default/connections/kubernetes'), before)
    const { members } = await gate.admin.must('GET', '/teamspaces/default/members')
    await gate.admin.must('DELETE', `/teamspaces/default/members/${members[0].id}`)
    await expectRefusal(gate, () => gate.call(token), { status: 401, code: 'member_unknown' })
  })
})
