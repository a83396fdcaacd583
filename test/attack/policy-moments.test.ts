import { test } from 'node:test'
import { callSlowly } from '../support/call-slowly.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../support/refusals.ts'

const deny = (more: object) => ({
  default: 'allow members' as const,
  rules: [{ name: 'r', effect: 'deny' as const, ...more }],
})
const call = (name: string, id: unknown = 1) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })

test('a policy that is saved while a message comes is the one that judges it', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const ada = await gate.tokenFor(ACME.ada.email)
  await expectAllowed(gate, () => gate.call(ada))
  await expectRefusal(
    gate,
    () => callSlowly(gate, ada, () => gate.admin.setPolicy('acme', deny({ methods: ['tools/list'] }))),
    { status: 403, code: 'call_forbidden' },
  )
})

test('a policy that cannot be looked up lets nobody through, and is no refusal either', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const [ada, gus] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(GLOBEX.gus.email, GLOBEX)]
  await gate.admin.setPolicy('acme', deny({ tools: ['drop'] }))
  await expectAllowed(gate, () => gate.call(gus)) // membership is remembered
  await expectAllowed(gate, () => gate.call(ada, { body: JSON.stringify(call('get')) }))
  const { store } = gate.sallyport
  await store.transaction(async (tx) => {
    await tx.db.schema.alterTable('policy').renameTo('policy_gone').execute()
    const ids = await tx.db.selectFrom('teamspace').select('id').execute()
    for (const { id } of ids) tx.changed({ kind: 'policy', teamspaceId: id })
  })
  for (const token of [ada, gus]) await expectFault(gate, () => gate.call(token), 'store_unavailable')
  await store.transaction(async (tx) => tx.db.schema.alterTable('policy_gone').renameTo('policy').execute())
  await expectAllowed(gate, () => gate.call(gus))
  await expectRefusal(gate, () => gate.call(ada, { body: JSON.stringify(call('drop')) }), {
    status: 200,
    code: 'tool_unknown',
  })
})

test('the answer to a call of a tool teaches nothing of tools, whatever ids a batch gives it', async (t) => {
  const gate = await startGate({
    servers: (upstream) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, outbound: { kind: none } }
`,
  })
  t.after(() => gate.close())
  await gate.admin.setPolicy('acme', deny({ classes: ['destructive'] }))
  const ada = await gate.tokenFor(ACME.ada.email)
  const forged = { tools: [{ name: 'wipe', annotations: { readOnlyHint: true } }] }
  const honest = { tools: [{ name: 'get', annotations: { readOnlyHint: true } }, { name: 'wipe' }] }
  const answers: unknown[][] = [
    [
      { jsonrpc: '2.0', id: 1, result: honest },
      { jsonrpc: '2.0', id: 1, result: forged },
    ],
    [
      { jsonrpc: '2.0', id: 1, result: honest },
      { jsonrpc: '2.0', id: 1, result: { content: [], ...forged } },
    ],
    [
      { jsonrpc: '2.0', id: 1, result: honest },
      { jsonrpc: '2.0', id: '1', result: forged },
    ],
  ]
  for (const answer of answers) {
    gate.upstream.answerWith((_seen, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
    const batch = [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }, call('get', 1)]
    await (await gate.call(ada, { body: JSON.stringify([batch[0]]) })).text()
    await (await gate.call(ada, { body: JSON.stringify(batch) })).text()
    gate.upstream.answerWith()
    await expectRefusal(gate, () => gate.call(ada, { body: JSON.stringify(call('wipe')) }), {
      status: 200,
      code: 'tool_unknown',
    })
  }
  // Where an SDK sends the answer of a call in the place of a list: results of tools have content, lists have none.
  gate.upstream.answerWith((_seen, response) => {
    const answer = { jsonrpc: '2.0', id: 1, result: { content: [], ...forged } }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  await (await gate.call(ada)).text()
  gate.upstream.answerWith()
  await expectRefusal(gate, () => gate.call(ada, { body: JSON.stringify(call('wipe')) }), {
    status: 200,
    code: 'tool_unknown',
  })
})
