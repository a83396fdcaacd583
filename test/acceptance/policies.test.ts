import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'

const call = (tool: string, args: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: tool, arguments: args } })

test('a policy that is saved counts from the next call, for its teamspace alone', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const [ada, gus] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(GLOBEX.gus.email, GLOBEX)]
  const statusOf = async (token: string, body: string) => (await gate.call(token, { body })).status
  const asked = () => gate.upstream.seen.length
  assert.equal(await statusOf(ada, call('drop')), 200)
  const before = asked()

  const rules = [
    { name: 'no drops', effect: 'deny', tools: ['drop'] },
    { name: 'no live', effect: 'deny', tools: ['deploy'], when: 'args.to == "live"' },
  ]
  const path = `/teamspaces/${ACME.slug}/policy`
  await gate.admin.must('PUT', path, { default: 'allow members', rules })
  const hidden = await gate.call(ada, { body: call('drop') })
  assert.deepEqual([hidden.status, ((await hidden.json()) as any).error.code], [200, -32602])
  assert.equal(await statusOf(ada, call('deploy', { to: 'live' })), 403)
  assert.equal(asked(), before, 'the server saw neither')
  assert.equal(await statusOf(gus, call('drop')), 200, 'another teamspace is not concerned')

  await gate.admin.must('DELETE', path)
  assert.equal(await statusOf(ada, call('drop')), 200)
})

test('a saved policy that cannot be read lets nobody in', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const [ada, gus] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(GLOBEX.gus.email, GLOBEX)]
  await gate.admin.must('PUT', `/teamspaces/${ACME.slug}/policy`, { default: 'deny', rules: [] })
  const { store } = gate.sallyport
  const document = '{"default":"allow members","rules":[],"later":true}'
  await store.transaction(async (tx) => {
    const { teamspace_id } = await tx.db.selectFrom('policy').select('teamspace_id').executeTakeFirstOrThrow()
    await tx.db.updateTable('policy').set({ document }).execute()
    tx.changed({ kind: 'policy', teamspaceId: teamspace_id })
  })
  const before = gate.upstream.seen.length
  for (const _ of [1, 2]) assert.equal((await gate.call(ada, { body: call('get') })).status, 503)
  assert.equal(gate.upstream.seen.length, before)
  assert.equal((await gate.call(gus, { body: call('get') })).status, 200)
})

test('a subscription to nothing is answered by the server, as a method; a call of nothing is not', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const ada = await gate.tokenFor(ACME.ada.email)
  const send = async (method: string, params: object = {}) =>
    (await gate.call(ada, { body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }) })).status
  const subscriptions = ['resources/subscribe', 'resources/unsubscribe']
  await gate.admin.setPolicy(ACME.slug, {
    default: 'allow members',
    rules: [{ name: 'none of it', effect: 'deny', tools: ['*'], prompts: ['*'], resources: ['*'] }],
  })
  for (const method of subscriptions) assert.equal(await send(method), 200)
  const reached = gate.upstream.seen.length
  for (const method of ['tools/call', 'prompts/get', 'resources/read']) assert.equal(await send(method), 400)
  await gate.admin.setPolicy(ACME.slug, { default: 'deny', rules: [] })
  for (const method of subscriptions) assert.equal(await send(method), 403)
  assert.equal(gate.upstream.seen.length, reached)
})
