import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'

const SECRET = 'a-client-secret-that-nobody-may-read'

test('B-27 each change says who made it, what was before and what is after, and holds no secret', async (t) => {
  const gate = await startGate({ servers: NO_CREDENTIAL })
  t.after(() => gate.close())
  const { must, connectionBody } = gate.admin
  const secrets = [SECRET, ACME.gatewaySecret, gate.sallyport.operatorToken]

  await must('POST', '/teamspaces', { slug: 'team', name: 'Team' })
  const body = connectionBody(ACME)
  const onBehalfOf = { ...body.onBehalfOf, credential: { kind: 'secret', secret: SECRET } }
  await must('PUT', '/teamspaces/acme/connections/entra', { ...body, onBehalfOf })
  await must('PUT', '/teamspaces/team/connections/oidc', {
    kind: 'oidc',
    issuer: 'https://id.example',
    audience: 'https://mcp.example',
    requiredScope: 'mcp',
  })
  const { member } = await must('POST', '/teamspaces/team/members', { email: 'eve@team.example', subject: 'eve' })
  const tokens = '/teamspaces/team/mcp-tokens'
  const minted = await must('POST', tokens, { name: 'one' })
  const rotated = await must('POST', `${tokens}/${minted.id}/rotate`, {})
  secrets.push(minted.token, rotated.token)
  // Their rows go with the teamspace.
  const sealed = await gate.sallyport.store.db.selectFrom('connection').select('sealed_credential').execute()
  const hashes = await gate.sallyport.store.db.selectFrom('mcp_token').select('token_hash').execute()
  secrets.push(
    ...sealed.flatMap(({ sealed_credential: text }) => text ?? []),
    ...hashes.map(({ token_hash: hash }) => hash),
  )
  assert.equal((await gate.admin.send('DELETE', `${tokens}/${rotated.id}`)).status, 204)
  await must('DELETE', `/teamspaces/team/members/${member.id}`)
  await must('DELETE', '/teamspaces/team/connections/oidc')
  await must('DELETE', '/teamspaces/team')

  const { events } = await must('GET', '/audit?limit=1000')
  const changes = (events as Record<string, any>[]).filter(({ kind }) => kind === 'admin')
  const told = new Map(changes.toReversed().map((event) => [event['action'] as string, event]))
  for (const { action, actor } of changes) assert.equal(actor, 'operator', action)
  const sides = (action: string) => {
    const event = told.get(action)
    assert.ok(event, `${action} left no row`)
    return [event['before'] !== undefined, event['after'] !== undefined]
  }
  for (const added of ['teamspace.create', 'member.add', 'mcp_token.mint'])
    assert.deepEqual(sides(added), [false, true])
  for (const removed of ['teamspace.remove', 'member.remove']) assert.deepEqual(sides(removed), [true, false])
  for (const both of ['mcp_token.revoke', 'mcp_token.rotate', 'connection.remove'])
    assert.deepEqual(sides(both), [true, true])
  const set = changes.find(({ action, before }) => action === 'connection.set' && before)!
  assert.deepEqual([set['before'].kind, set['after'].onBehalfOf.credential], ['entra', { kind: 'secret' }])

  // The rows themselves, and what the API and both exports make of them.
  const rows = await gate.sallyport.store.db.selectFrom('audit').selectAll().execute()
  const { adminUrl, operatorToken } = gate.sallyport
  const exported = async (format: string) => {
    const headers = { authorization: `Bearer ${operatorToken}` }
    return (await fetch(`${adminUrl}/api/v1/audit/export?all=true&format=${format}`, { headers })).text()
  }
  for (const text of [JSON.stringify(rows), JSON.stringify(events), await exported('jsonl'), await exported('cef')]) {
    for (const secret of secrets) assert.ok(!text.includes(secret), 'a secret is in the audit trail')
    assert.doesNotMatch(text, /mcpt_[\w-]{20}|"(?:token_?hash|sealed\w*|secret|privateKeyPem)":/i)
  }
})
