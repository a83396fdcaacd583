import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { createClientAddress } from '../http/client-address.ts'
import { noRefusals } from '../telemetry/door-refusals.ts'
import { createAddressDoor } from './address-door.ts'
import type { AddressLimits } from './address-limits.ts'
import { createDoorWatch } from './door-watch.ts'
import { createOpenCalls } from './open-calls.ts'
import type { Ending } from './open-calls.ts'
import { localCounter } from './rate-counter.ts'

const now = () => 1_800_000_000_000

function aDoor(calls: number | undefined) {
  const limit = { name: 'refused', setting: 'limits.rate.refused', calls: calls!, seconds: 60 }
  const limits: AddressLimits = {
    addressOf: createClientAddress([]),
    calls: undefined,
    refused: calls === undefined ? undefined : localCounter(limit, now),
    open: undefined,
    openCalls: createOpenCalls(),
    now,
  }
  const refusals = noRefusals()
  const door = createAddressDoor(limits, createDoorWatch({ door: 'oauth', refusals, now, log: () => undefined }))
  return { door, limits, refusals }
}

const from = (remoteAddress: string) => ({ socket: { remoteAddress }, headers: {} }) as unknown as IncomingMessage
const aResponse = () => Object.assign(new EventEmitter(), { destroyed: false }) as Ending & EventEmitter

test('what is under way counts like what may still be refused, until its response closes', () => {
  const { door, limits, refusals } = aDoor(3)
  const request = from('192.0.2.1')
  door.countRefused(request)
  const open = [aResponse(), aResponse()]
  for (const response of open) assert.equal(door.take(request, response), undefined)
  const denied = door.take(request, aResponse())?.denied
  assert.deepEqual(denied, {
    code: 'too_many_open_calls',
    limit: 'attempts',
    openCalls: 2,
    setting: 'limits.rate.refused',
  })
  assert.equal(door.take(from('192.0.2.2'), aResponse()), undefined)

  for (const response of open) response.emit('close')
  const last = aResponse()
  assert.equal(door.take(request, last), undefined)
  last.emit('close')
  for (let i = 0; i < 2; i++) door.countRefused(request)
  assert.equal(door.take(request, aResponse())?.denied.code, 'rate_limited')
  assert.deepEqual(refusals, { attempt_refused: 3, rate_limited: 1, too_many_open_calls: 1, busy: 0 })
  assert.equal(limits.openCalls.size, 1, 'of the other address')
})

test('who is on this machine is never counted, and nobody is where the limit is off', () => {
  for (const [calls, address] of [
    [1, '127.0.0.1'],
    [undefined, '192.0.2.1'],
  ] as const) {
    const { door } = aDoor(calls)
    for (let i = 0; i < 10; i++) {
      assert.equal(door.take(from(address), aResponse()), undefined)
      door.countRefused(from(address))
    }
  }
})
