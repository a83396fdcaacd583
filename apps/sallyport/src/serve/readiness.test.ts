import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { createReadiness } from './readiness.ts'

forEachStore('ready while the database answers, and not when it does not', async (_t, open) => {
  const store = await open()
  let clock = 0
  const readiness = createReadiness({ store, contacts: [], log: () => {}, now: () => clock })
  assert.equal(await readiness.isReady(), true)
  await store.close()
  clock += 1_000
  assert.equal(await readiness.isReady(), false)
})

forEachStore(
  'D-18 a provider that is down at start is asked until it answers, and its reason is logged once',
  async (_t, open) => {
    const store = await open()
    const logged: string[] = []
    let attempts = 0
    const contact = {
      name: 'https://id.example',
      ask: async () => {
        attempts++
        if (attempts < 4) throw new Error('issuer is https://other.example, configured is https://id.example')
      },
    }
    const log = (message: string, fields?: object) =>
      logged.push(message + JSON.stringify({ ...fields, error: String((fields as { error?: unknown })?.error) }))
    const readiness = createReadiness({ store, contacts: [contact], log, retryMs: 5 })
    assert.equal(await readiness.isReady(), false)
    while (!(await readiness.isReady())) await sleep(5)
    assert.equal(attempts, 4)
    assert.equal(logged.filter((line) => line.includes('configured is')).length, 1)
  },
)

test('closing ends the asking', async () => {
  let attempts = 0
  const ask = () => {
    attempts++
    return Promise.reject(new Error('down'))
  }
  const readiness = createReadiness({ store: {} as never, contacts: [{ name: 'x', ask }], log: () => {}, retryMs: 1 })
  await sleep(5)
  readiness.close()
  const soFar = attempts
  await sleep(10)
  assert.ok(attempts <= soFar + 1)
})
