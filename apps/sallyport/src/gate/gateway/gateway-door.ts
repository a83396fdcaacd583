import type { GatewayConfig } from '../../config/gateway.ts'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { advance } from '../call.ts'
import type { AuthenticatedCall, RoutedCall } from '../call.ts'
import { readClaimedCaller } from './claimed-caller.ts'
import { sentinelCheck } from './sentinel.ts'

/** The door of Gateway mode: a trusted gateway in front has asked who is calling (S3-10). */
export interface GatewayDoor {
  authenticate(call: RoutedCall): AuthenticatedCall | Denial
}

/** `onMalformed` hears which header could not be read, never what was in it. */
export function createGatewayDoor(
  { sentinel, callerHeaders }: GatewayConfig,
  onMalformed: (headers: readonly string[], requestId: string) => void,
): GatewayDoor {
  const judge = sentinel && sentinelCheck(sentinel)
  const enter = (call: RoutedCall): AuthenticatedCall =>
    advance(call, 'authenticate', { accessToken: undefined, proof: { kind: 'gateway' } as const })
  // Without a sentinel anybody may have written the headers, so they are not even worth recording (S3-34).
  if (!judge) return { authenticate: enter }
  return {
    authenticate(call) {
      const { request, record } = call
      const verdict = judge(request.rawHeaders)
      if (verdict !== 'valid') return deny({ code: 'sentinel_invalid', detail: verdict })
      const { claimed, malformed } = readClaimedCaller(request.rawHeaders, callerHeaders)
      if (claimed) record.claimed = claimed
      if (malformed.length > 0) onMalformed(malformed, record.requestId)
      return enter(call)
    },
  }
}
