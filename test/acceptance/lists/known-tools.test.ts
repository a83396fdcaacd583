import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

const TOOLS = [
  { name: 'get_page', title: 'Read a page', annotations: { readOnlyHint: true } },
  { name: 'put_page', annotations: { destructiveHint: false } },
  { name: 'old_page' },
]
const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, outbound: { kind: none }, toolClasses: { 'old_*': read } }
  silent: { path: /silent/mcp, upstream: ${upstream}, outbound: { kind: none } }
`
let gate: TestGate
before(async () => void (gate = await startGate({ servers: SERVERS })))
after(() => gate.close())

/** What is known of the first server, once it is as it should be. */
async function knownTools(slug: string, count: number): Promise<any[]> {
  for (const end = Date.now() + 5_000; ; await sleep(20)) {
    const { servers } = await gate.admin.must('GET', `/teamspaces/${slug}/tools`)
    if (servers[0].tools.length === count) return servers[0].tools
    assert.ok(Date.now() < end, JSON.stringify(servers))
  }
}

test('operators are told what a teamspace was shown of its servers, by its classes', async () => {
  const id = 'list-1'
  const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { tools: TOOLS } })
  const ada = await gate.tokenFor(ACME.ada.email)
  const request = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list' })
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`id: 1\ndata:\n\ndata: ${answer}\n\n`)
  })
  const response = await gate.call(ada, { body: request })
  assert.equal(await response.text(), `id: 1\ndata:\n\ndata: ${answer}\n\n`, 'what is heard is not touched')
  const [first, second, third] = await knownTools('acme', 3)
  const { seenAt } = first
  assert.ok(Math.abs(seenAt - Date.now()) < 60_000)
  assert.deepEqual(first, { name: 'get_page', title: 'Read a page', class: 'read', seenAt })
  assert.deepEqual(second, { name: 'old_page', class: 'read', heardClass: 'destructive', seenAt })
  assert.deepEqual(third, { name: 'put_page', class: 'write', seenAt })
  const { servers } = await gate.admin.must('GET', '/teamspaces/acme/tools')
  assert.deepEqual(servers[1], { server: 'silent', tools: [] })
  assert.deepEqual(await knownTools('globex', 0), [])
})

test('what is no answer to a list that the caller asked for teaches nothing', async () => {
  const gus = await gate.tokenFor(GLOBEX.gus.email, GLOBEX)
  const list = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result: { tools: TOOLS } })
  const asking = async (method: string, body: string, status = 200) => {
    gate.upstream.answerWith((_seen, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    )
    await (await gate.call(gus, { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method }) })).text()
  }
  await asking('tools/call', list(1))
  await asking('tools/list', list(2))
  await asking('tools/list', list(1), 400)
  await asking('tools/list', '{"id":1,"result":{"tools":5}}')
  await asking('tools/list', list(1).replace('"tools"', '"tools":[],"tools"'))
  gate.upstream.answerWith((_seen, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${list(1)}\n\n`),
  )
  await (await gate.call(gus, { method: 'GET' })).text()
  await asking('tools/list', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'only' }] } }))
  assert.equal((await knownTools('globex', 1))[0].name, 'only')
})

test('operators alone are told', async () => {
  const path = `${gate.adminUrl}/api/v1/teamspaces/acme/tools`
  assert.equal((await fetch(path)).status, 401)
  const ada = await gate.tokenFor(ACME.ada.email)
  assert.equal((await fetch(path, { headers: { authorization: `Bearer ${ada}` } })).status, 401)
  assert.equal((await gate.admin.send('GET', '/teamspaces/nobody/tools')).status, 404)
})
