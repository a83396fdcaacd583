import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRaw, sendRequest, writeRequest } from '../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
let bearer: readonly [string, string]
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  bearer = ['authorization', `Bearer ${await gate.tokenFor(ACME.ada.email)}`]
})
after(() => gate.close())

const port = (url: string) => new URL(url).port
const withHost = (url: string, host: string, method = 'POST') =>
  sendRequest(url, { method, headers: [['host', host], bearer], without: ['host'] })

const foreignHosts = (url: string) => [
  'evil.example',
  `evil.example:${port(url)}`,
  `127.0.0.1.evil.example:${port(url)}`,
  `localhost.evil.example:${port(url)}`,
  '127.0.0.1',
  'localhost',
  `127.0.0.1:1`,
  `127.0.0.2:${port(url)}`,
  `2130706433:${port(url)}`,
  `0x7f.1:${port(url)}`,
  `user@127.0.0.1:${port(url)}`,
  `127.0.0.1:${port(url)}.`,
  '',
]

test('DNS rebinding: the gate answers to its own names only', async () => {
  for (const host of foreignHosts(gate.mcpUrl)) {
    await expectRefusal(gate, () => withHost(gate.mcpUrl, host), { status: 403, code: 'host_not_allowed' })
  }
  for (const host of [`127.0.0.1:${port(gate.mcpUrl)}`, `LOCALHOST:${port(gate.mcpUrl)}`]) {
    await expectAllowed(gate, () => withHost(gate.mcpUrl, host))
  }
})

test('DNS rebinding: neither metadata nor sign-in is served to another name', async () => {
  const wellKnown = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-authorization-server']
  for (const path of [...wellKnown, '/authorize?x', '/token']) {
    for (const host of foreignHosts(gate.publicUrl)) {
      const { status } = await withHost(gate.publicUrl + path, host, 'GET')
      assert.equal(status, 403, `${path} for ${host}`)
    }
  }
})

test('DNS rebinding: the admin listener answers to its own names and its own pages only', async () => {
  const api = `${gate.adminUrl}/api/v1/teamspaces`
  const operator = ['authorization', `Bearer ${gate.sallyport.operatorToken}`] as const
  const ask = (url: string, host: string, more: (readonly [string, string])[] = []) =>
    sendRequest(url, { method: 'GET', headers: [['host', host], operator, ...more], without: ['host'] })
  for (const url of [api, `${gate.adminUrl}/healthz`, `${gate.adminUrl}/v2/entra/config/x`]) {
    for (const host of foreignHosts(gate.adminUrl)) {
      assert.equal((await ask(url, host)).status, 403, `${url} for ${host}`)
    }
  }
  const own = new URL(gate.adminUrl).host
  assert.equal((await ask(api, own)).status, 200)
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', gate.publicUrl]) {
    assert.equal((await ask(api, own, [['origin', origin]])).status, 403, origin)
  }
})

test('DNS rebinding: a request with two Hosts is refused, whichever comes first (RFC 9112 §3.2)', async () => {
  const own = new URL(gate.mcpUrl).host
  const reached = gate.upstream.seen.length
  for (const hosts of [
    [own, 'evil.example'],
    ['evil.example', own],
    [own, own],
  ]) {
    const headers = [...hosts.map((host) => ['host', host] as const), bearer]
    const [answer] = await sendRaw(gate.mcpUrl, writeRequest(gate.mcpUrl, { headers, without: ['host'] }))
    assert.ok([400, 403].includes(answer!.status), `${hosts}: ${answer!.status}`)
  }
  assert.equal(gate.upstream.seen.length, reached)
})

test('DNS rebinding: a request without a Host is refused', async () => {
  const reached = gate.upstream.seen.length
  const bytes = writeRequest(gate.mcpUrl, { headers: [bearer], without: ['host'] })
  for (const version of ['1.1', '1.0']) {
    const [answer] = await sendRaw(gate.mcpUrl, bytes.replace('HTTP/1.1', `HTTP/${version}`))
    assert.ok([400, 403].includes(answer!.status), String(answer!.status))
  }
  assert.equal(gate.upstream.seen.length, reached)
})
