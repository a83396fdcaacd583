import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
before(async () => void (gate = await startGate({ servers: NO_CREDENTIAL })))
after(() => gate.close())

/** A call whose last byte is held back until `meanwhile` is done. */
async function callSlowly(accessToken: string, meanwhile: () => Promise<unknown>) {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    'content-length': TOOLS_LIST.length,
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const call = request(gate.mcpUrl, { method: 'POST', headers, agent: false }, resolve).on('error', reject)
  call.write(TOOLS_LIST.slice(0, -1))
  await sleep(150)
  await meanwhile()
  call.end(TOOLS_LIST.slice(-1))
  const answer = await promise
  return {
    status: answer.statusCode!,
    headers: new Headers(answer.headers as Record<string, string>),
    body: await text(answer),
  }
}

test('slow revocation: who is removed while their message is still coming gets no answer to it (S2B-23)', async () => {
  const [ada, ben] = [await gate.tokenFor(ACME.ada.email), await gate.tokenFor(ACME.ben.email)]
  await expectAllowed(gate, () => callSlowly(ada, async () => {}))

  const removeAda = () => gate.admin.removeMember('acme', ACME.ada.email)
  await expectRefusal(gate, () => callSlowly(ada, removeAda), { status: 401, code: 'member_unknown' })
  await expectAllowed(gate, () => gate.call(ben))

  const removeConnection = () => gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
  const refused = { status: 401, code: 'member_unknown', withoutSignIn: true }
  await expectRefusal(gate, () => callSlowly(ben, removeConnection), refused)
})
