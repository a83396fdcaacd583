import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

const TOOLS = [
  { name: 'get_page', annotations: { readOnlyHint: true } },
  { name: 'put_page', annotations: { destructiveHint: false } },
  { name: 'old_page' },
]
const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, outbound: { kind: none }, toolClasses: { 'old_*': read } }
`
let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS })
  await gate.admin.setPolicy('acme', {
    default: 'allow members',
    rules: [{ name: 'reading only', effect: 'deny', classes: ['write', 'destructive'] }],
  })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const call = (name: string) => () =>
  gate.call(ada, { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }) })
const HIDDEN = { status: 200, code: 'tool_unknown' }

async function list(): Promise<string[]> {
  gate.upstream.answerWith((_seen, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: TOOLS } }))
  })
  const { result } = (await (await gate.call(ada)).json()) as { result: { tools: { name: string }[] } }
  gate.upstream.answerWith()
  return result.tools.map(({ name }) => name)
}

test('a rule by class hides from lists what it refuses at calls, by what the server said when it was asked', async () => {
  await expectRefusal(gate, call('get_page'), HIDDEN) // nobody has heard of it, which counts as the worst
  await expectAllowed(gate, call('old_page')) // the operator's word needs no server's
  assert.deepEqual(await list(), ['get_page', 'old_page'])
  await expectAllowed(gate, call('get_page')) // at once
  await expectAllowed(gate, call('old_page'))
  await expectRefusal(gate, call('put_page'), HIDDEN)
  await expectRefusal(gate, call('GET_PAGE'), HIDDEN)
})

test('the audit row of the list says how much of it was shown', async () => {
  await list()
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.deepEqual(events[0].filtered, { shown: 2, hidden: 1 })
})
