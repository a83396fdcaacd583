import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'

const MIB = 1024 * 1024

test('held bodies: messages that never end cannot fill the memory, and others are served again when they are gone', async () => {
  const gate = await startGate({ servers: NO_CREDENTIAL, settings: `limits: { heldBytes: ${2 * MIB} }` })
  try {
    const token = await gate.tokenFor(ACME.ada.email)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': MIB }
    const statuses: number[] = []
    const held = Array.from({ length: 3 }, () => {
      const call = request(gate.mcpUrl, { method: 'POST', headers, agent: false })
      call.on('response', ({ statusCode }) => statuses.push(statusCode!)).on('error', () => {})
      call.write(Buffer.alloc(MIB - 1, ' '))
      return call
    })
    while (statuses.length === 0) await sleep(10)
    assert.deepEqual(statuses, [503])
    assert.equal(gate.upstream.seen.length, 0)

    for (const call of held) call.destroy()
    let status = 0
    for (let attempt = 0; attempt < 100 && status !== 200; attempt++) {
      status = (await gate.call(token)).status
      await sleep(10)
    }
    assert.equal(status, 200)
  } finally {
    await gate.close()
  }
})
