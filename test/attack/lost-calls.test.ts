import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'

/** A gate whose clock can be stopped. */
async function start(t: TestContext, settings = '') {
  let isBroken = false
  const now = () => {
    if (isBroken) throw new Error('the clock stands still')
    return Date.now()
  }
  const gate = await startGate({ now, settings })
  t.after(() => gate.close())
  const accessToken = await gate.tokenFor(ACME.ada.email)
  assert.equal((await gate.call(accessToken)).status, 200)
  const call = () => gate.call(accessToken)
  return { gate, call, stopClock: () => (isBroken = true), startClock: () => (isBroken = false) }
}

test('a call that the gate itself cannot end is cut, and nothing else is: the next one is answered', async (t) => {
  const { gate, call, stopClock, startClock } = await start(t)
  stopClock()
  await assert.rejects(call(), { message: 'fetch failed' })
  startClock()
  assert.equal((await call()).status, 200)
  assert.equal(gate.upstream.seen.length, 2)
  assert.match(gate.logged.join(''), /the clock stands still.*A call was lost/)
})

for (const mode of ['best-effort', 'required']) {
  for (const [when, end] of [
    ['has answered', (response: ServerResponse) => response.end('{}')],
    ['has failed', (response: ServerResponse) => response.destroy()],
  ] as const) {
    test(`so is one that cannot be ended once the server behind ${when} (audit ${mode})`, async (t) => {
      const { gate, call, stopClock, startClock } = await start(t, `audit: { mode: ${mode} }\n`)
      gate.upstream.answerWith((_seen, response) => {
        stopClock()
        end(response)
      })
      await assert.rejects(call(), { message: 'fetch failed' })
      startClock()
      gate.upstream.answerWith()
      assert.equal((await call()).status, 200)
      assert.match(gate.logged.join(''), /the clock stands still.*A call was lost/)
    })
  }
}
