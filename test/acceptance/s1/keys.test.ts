import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { keyFetches, NO_CREDENTIAL, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'

async function withGate(run: (gate: TestGate, send: Sender, clock: ReturnType<typeof testClock>) => Promise<void>) {
  const clock = testClock()
  const gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL })
  const send: Sender = async (header = {}) => {
    const accessToken = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds), header)
    return () => gate.call(accessToken)
  }
  try {
    await run(gate, send, clock)
  } finally {
    await gate.close()
  }
}

type Sender = (header?: { kid?: string }) => Promise<() => Promise<Response>>

test('S1 11: the first token signed with a new key costs one fetch and passes', () =>
  withGate(async (gate, send) => {
    await expectAllowed(gate, await send())
    assert.equal(keyFetches(gate), 1)

    await gate.emulator.rotateKeys()
    await expectAllowed(gate, await send())
    await expectAllowed(gate, await send())
    assert.equal(keyFetches(gate), 2)
  }))

test('S1 11: twenty first tokens of a new key at once share one fetch', () =>
  withGate(async (gate, send) => {
    await expectAllowed(gate, await send())
    await gate.emulator.rotateKeys()
    const sends = await Promise.all(Array.from({ length: 20 }, () => send()))

    const answers = await Promise.all(sends.map((call) => call()))
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(keyFetches(gate), 2)
  }))

test('S1 11: a thousand tokens with keys that do not exist cost at most two fetches', () =>
  withGate(async (gate, send) => {
    await expectAllowed(gate, await send())
    for (let batch = 0; batch < 20; batch++) {
      const sends = await Promise.all(Array.from({ length: 50 }, () => send({ kid: randomUUID() })))
      const answers = await Promise.all(sends.map((call) => call()))
      assert.ok(answers.every(({ status }) => status === 401))
    }
    assert.ok(keyFetches(gate) <= 2, `${keyFetches(gate)} fetches`)
    assert.equal(gate.upstream.seen.length, 1)
  }))

test('S1 11: a key that was withdrawn stops to count when the set is read again', () =>
  withGate(async (gate, send, clock) => {
    const old = await fetch(`${gate.emulator.url}/${ACME.tenantId}/discovery/v2.0/keys`)
    const [{ kid }] = ((await old.json()) as { keys: [{ kid: string }] }).keys
    await expectAllowed(gate, await send())

    await gate.emulator.rotateKeys()
    await expectAllowed(gate, await send())
    clock.advance(31)
    await expectRefusal(gate, await send({ kid }), { status: 401, says: 'Invalid token' })
  }))

for (const kind of ['drop', 'status', 'garbage'] as const) {
  test(`S1 12: when Entra's keys cannot be had (${kind}), known keys still count`, () =>
    withGate(async (gate, send, clock) => {
      await expectAllowed(gate, await send())
      gate.emulator.setFault({ path: 'keys', kind })

      await expectAllowed(gate, await send())
      clock.advance(3600)
      await expectAllowed(gate, await send())
      clock.advance(25 * 3600)
      await expectFault(gate, await send(), 'keys_unavailable')
    }))

  test(`S1 12: when Entra's keys cannot be had (${kind}) and none are known, the answer is 503 until they can`, () =>
    withGate(async (gate, send, clock) => {
      gate.emulator.setFault({ path: 'keys', kind })
      const call = await send()
      await expectFault(gate, call, 'keys_unavailable')
      await expectFault(gate, call, 'keys_unavailable')

      gate.emulator.setFault(undefined)
      clock.advance(1)
      await expectAllowed(gate, call)
    }))
}

test('S1 12: an unknown key while Entra is down is a 503, not a refusal: it may be a new one', () =>
  withGate(async (gate, send) => {
    await expectAllowed(gate, await send())
    await gate.emulator.rotateKeys()
    gate.emulator.setFault({ path: 'keys', kind: 'status', status: 500 })
    await expectFault(gate, await send(), 'keys_unavailable')
  }))
