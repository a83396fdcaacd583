import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate()
  const rules = [{ name: 'secrets', effect: 'deny' as const, resources: ['file:///etc/*'] }]
  await gate.admin.setPolicy(ACME.slug, { default: 'allow members', rules })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const listen = (params: object, method = 'subscriptions/listen') =>
  gate.call(ada, { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })

test('2026-07-28: who may not subscribe to a resource cannot listen for its changes either', async () => {
  const to = (...resourceSubscriptions: unknown[]) => ({
    notifications: { toolsListChanged: true, resourceSubscriptions },
  })
  await expectAllowed(gate, () => listen(to('file:///srv/a', 'file:///srv/b')))
  await expectAllowed(gate, () => listen({ notifications: {} }))
  for (const uri of ['file:///etc/passwd', 'file:///srv/../etc/passwd', 'FILE:///%65tc/passwd'])
    await expectRefusal(gate, () => listen(to('file:///srv/a', uri)), { status: 200, code: 'resource_unknown' })
})

test('what a server could read as such a list, and the gate does not, goes nowhere', async () => {
  const uris = ['file:///etc/passwd']
  for (const params of [
    { Notifications: { resourceSubscriptions: uris } },
    { notifications: { resourcesubscriptions: uris } },
  ])
    assert.equal((await listen(params)).status, 400)
  for (const resourceSubscriptions of [uris[0], [[uris[0]]], { 0: uris[0] }, Array(300).fill('a:b')])
    assert.equal((await listen({ notifications: { resourceSubscriptions } })).status, 400)
  assert.equal(gate.upstream.seen.filter(({ body }) => body.includes('etc')).length, 0)
})
