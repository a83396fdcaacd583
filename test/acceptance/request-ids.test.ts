import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

let gate: TestGate
before(async () => void (gate = await startGate()))
after(() => gate.close())

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('every response carries one request id of its own, whoever answers', async () => {
  const ada = await gate.tokenFor(ACME.ada.email)
  const { publicUrl, adminUrl, mcpUrl } = gate
  const requests: [string, RequestInit][] = [
    [`${publicUrl}/healthz`, {}],
    [`${publicUrl}/readyz`, {}],
    [`${publicUrl}/nowhere`, {}],
    [mcpUrl, {}],
    [mcpUrl, { method: 'OPTIONS' }],
    [`${publicUrl}/.well-known/oauth-protected-resource`, {}],
    [`${publicUrl}/.well-known/oauth-authorization-server`, {}],
    [`${publicUrl}/.well-known/nothing`, {}],
    [`${publicUrl}/authorize`, { redirect: 'manual' }],
    [`${publicUrl}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'none' }) }],
    [`${adminUrl}/api/v1/teamspaces`, {}],
    [`${adminUrl}/api/v1/nothing`, {}],
    [`${adminUrl}/metrics`, {}],
    [`${adminUrl}/healthz`, { headers: { origin: 'https://elsewhere.example' } }],
  ]
  const answers = await Promise.all(requests.map((request) => fetch(...request)))
  answers.push(await gate.call(ada))
  const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? 'none')
  for (const [index, id] of ids.entries()) assert.match(id, UUID, answers[index]!.url)
  assert.equal(new Set(ids).size, ids.length)
})
