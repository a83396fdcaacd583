import type { IncomingMessage } from 'node:http'
import type { ClientAddress } from '../http/client-address.ts'
import { countRefused, takeCall } from './address-limits.ts'
import type { AddressLimits } from './address-limits.ts'
import type { DoorWatch } from './door-watch.ts'
import type { Ending } from './open-calls.ts'
import { tooManyOpenCalls } from './rate-denial.ts'
import type { LimitDenial } from './rate-denial.ts'

/** Limits of addresses before a door where nobody has to prove anything. */
export interface AddressDoor {
  /** Takes a request of this address, or says which limit is in its way. */
  take(request: IncomingMessage, response: Ending): LimitDenial | undefined
  /** Counts a request that was taken, and refused then. */
  countRefused(request: IncomingMessage): void
}

export function createAddressDoor(limits: AddressLimits, watch: DoorWatch): AddressDoor {
  const { addressOf } = limits
  return {
    take(request, response) {
      const address = addressOf(request)
      const denial = takeCall(address, response, limits) ?? takeAttempt(address, response, limits)
      if (denial) watch.turnedAway(denial.denied.code, denial.denied.setting, address)
      return denial
    },
    countRefused(request) {
      watch.refused()
      countRefused(addressOf(request), limits)
    },
  }
}

/** No more at once than may still be refused: what is sent together would otherwise all go on before the first is counted. */
function takeAttempt({ countedAs }: ClientAddress, response: Ending, limits: AddressLimits): LimitDenial | undefined {
  const { refused, openCalls } = limits
  if (!refused || countedAs === undefined) return undefined
  const max = refused.find(countedAs)?.left ?? refused.limit.calls
  const limit = { name: 'attempts', max, setting: refused.limit.setting }
  const full = openCalls.claim(response, [{ limit, key: countedAs }])
  return full && tooManyOpenCalls(full)
}
