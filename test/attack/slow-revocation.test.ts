import { after, before, test } from 'node:test'
import { callSlowly } from '../support/call-slowly.ts'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
before(async () => void (gate = await startGate({ servers: NO_CREDENTIAL })))
after(() => gate.close())

test('slow revocation: who is removed while their message is still coming gets no answer to it (S2B-23)', async () => {
  const [ada, ben] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(ACME.ben.email)]
  await expectAllowed(gate, () => callSlowly(gate, ada, async () => {}))

  const removeAda = () => gate.admin.removeMember('acme', ACME.ada.email)
  await expectRefusal(gate, () => callSlowly(gate, ada, removeAda), { status: 401, code: 'member_unknown' })
  await expectAllowed(gate, () => gate.call(ben))

  const removeConnection = () => gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
  const refused = { status: 401, code: 'member_unknown', withoutSignIn: true }
  await expectRefusal(gate, () => callSlowly(gate, ben, removeConnection), refused)
})
