import type { ServerResponse } from 'node:http'
import type { RecordedCall } from './call.ts'
import type { GateDeps } from './deps.ts'
import { isDenied } from '../outcome/denial.ts'
import { exchange } from './steps/exchange.ts'
import { forward } from './steps/forward.ts'

/**
 * The server refused an exchanged credential: drop it, go through the inner door once more, and send the same bytes
 * again. Nothing has been sent to the client, and a second refusal is final (S2B-18).
 */
export async function retryWithFreshCredential(
  call: RecordedCall,
  response: ServerResponse,
  deps: GateDeps,
): Promise<void> {
  try {
    call.renewCredential?.()
    call.record.step = 'exchange'
    call.record.times?.resume()
    const outcome = await exchange(call, deps.exchange)
    if (isDenied(outcome)) await deps.outcomes.refuse(call, response, outcome)
    else {
      const renewed = { credential: outcome.credential, renewCredential: undefined }
      forward(Object.assign(call, renewed), response, deps.forward)
    }
  } catch (fault) {
    await deps.outcomes.fail(call, response, fault)
  }
}
