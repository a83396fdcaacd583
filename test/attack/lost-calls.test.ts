import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'

test('a call that the gate itself cannot end is cut, and nothing else is: the next one is answered', async (t) => {
  let isBroken = false
  const now = () => {
    if (isBroken) throw new Error('the clock stands still')
    return Date.now()
  }
  const gate = await startGate({ now })
  t.after(() => gate.close())
  const accessToken = await gate.tokenFor(ACME.ada.email)
  assert.equal((await gate.call(accessToken)).status, 200)

  isBroken = true
  await assert.rejects(gate.call(accessToken), { message: 'fetch failed' })
  isBroken = false
  assert.equal((await gate.call(accessToken)).status, 200)
  assert.equal(gate.upstream.seen.length, 2)
  assert.match(gate.logged.join(''), /the clock stands still.*A call was lost/)
})
