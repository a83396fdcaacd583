import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bootstrap } from '../support/console-browser.ts'
import type { ConsoleBrowser } from '../support/console-browser.ts'
import { startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRequest } from '../support/raw-http.ts'

let gate: TestGate
let operator: ConsoleBrowser
before(async () => {
  gate = await startGate()
  operator = await bootstrap(gate)
})
after(() => gate.close())

const send = (method: string, path: string, body: string) =>
  operator.open(path, {
    method,
    body,
    headers: { origin: gate.adminUrl, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
  })

test('JSON that is nested as deep as a body can be is refused as what it is, wherever it is taken', async () => {
  const arrays = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  for (const depth of [129, 1_000, 10_000]) {
    for (const args of [arrays(depth), objects(depth)]) {
      const tried = await send(
        'POST',
        '/api/v1/teamspaces/acme/policy/try',
        `{"cases":[{"server":"x","tool":"y","args":{"a":${args}}}]}`,
      )
      assert.equal(tried.status, 400, `${depth} ${tried.text}`)
    }
    for (const [method, path] of [
      ['POST', '/api/v1/teamspaces'],
      ['POST', '/api/v1/teamspaces/acme/members'],
      ['PUT', '/api/v1/teamspaces/acme/policy'],
      ['PUT', '/api/v1/teamspaces/acme/connections/oidc'],
      ['PUT', '/api/v1/teamspaces/acme/group-sync'],
      ['POST', '/api/v1/teamspaces/acme/mcp-tokens'],
    ] as const) {
      const { status, text } = await send(method, path, arrays(depth))
      assert.ok(status === 400 || status === 413, `${path} ${status} ${text}`)
    }
  }
  const fine = `{"cases":[{"server":"x","tool":"y","args":{"a":${arrays(100)}}}]}`
  assert.equal((await send('POST', '/api/v1/teamspaces/acme/policy/try', fine)).status, 200)
})

test('targets that are no path, or another host, are nothing, and send nobody elsewhere', async () => {
  const { host } = new URL(gate.adminUrl)
  for (const target of [
    '//evil.example/',
    '//evil.example/%2f..',
    '/\\evil.example',
    '/%5cevil.example',
    'http://evil.example/',
    'http://evil.example/console/callback?code=x&state=y',
    '/console/callback?code=%ff&state=%00',
    `/console/callback?${'a=b&'.repeat(5_000)}`,
    '/console/callback/',
    '/%',
    '/api/v1/%',
    '/api/v1/teamspaces/%ff',
    '*',
  ]) {
    for (const name of [host, host.replace('127.0.0.1', 'localhost')]) {
      const answer = await sendRequest(gate.adminUrl, {
        method: 'GET',
        target,
        without: ['host'],
        headers: [
          ['host', name],
          ['accept', 'text/html'],
        ],
      })
      assert.ok(answer.status < 500 || answer.status === 503, `${target} ${answer.status}`)
      const location = answer.headers.get('location')
      if (location !== null) assert.equal(new URL(location).origin, gate.adminUrl, target)
    }
  }
  assert.deepEqual(
    gate.logged.filter((line) => line.includes('The admin API failed')),
    [],
  )
})
