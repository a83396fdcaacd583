import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACME, startGate } from '../../support/gate.ts'
import { answerWithStreams, holdStream } from '../../support/held-stream.ts'
import { expectFault } from '../../support/refusals.ts'
import { expectCut, SERVERS } from './world.ts'

test('while the policy cannot be looked up open event streams stay open, and the first answer decides', async (t) => {
  const gate = await startGate({ servers: SERVERS })
  t.after(() => gate.close())
  answerWithStreams(gate.upstream)
  const setRule = (rule: object) =>
    gate.admin.setPolicy('acme', { default: 'allow members', rules: [{ name: 'r', effect: 'deny', ...rule }] })
  await setRule({ tools: ['drop'] })
  const [ada, ben] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(ACME.ben.email)]
  const [ofAda, ofBen] = [await holdStream(gate, ada), await holdStream(gate, ben)]

  await setRule({ who: { members: [ACME.ada.email] } })
  const { store } = gate.sallyport
  const rename = (from: 'policy' | 'policy_gone', to: string) =>
    store.transaction(async (tx) => {
      await tx.db.schema.alterTable(from).renameTo(to).execute()
      tx.changed({ kind: 'everything' })
    })
  await rename('policy', 'policy_gone')
  await expectFault(gate, () => gate.call(ben, { method: 'GET' }), 'store_unavailable')
  await sleep(1_500)
  assert.deepEqual([ofAda.isOpen, ofBen.isOpen], [true, true])
  await rename('policy_gone', 'policy')
  await expectCut(gate, ofAda, 'call_forbidden')
  assert.equal(ofBen.isOpen, true)
  await ofBen.close()
})
