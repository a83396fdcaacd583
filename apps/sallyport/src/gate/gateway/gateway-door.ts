import type { AuthenticatedCall, RoutedCall } from '../call.ts'
import { advance } from '../call.ts'
import type { Denial } from '../../outcome/denial.ts'

/** The door of Gateway mode: a trusted gateway in front has asked who is calling (S3-10). */
export interface GatewayDoor {
  authenticate(call: RoutedCall): AuthenticatedCall | Denial
}

export function createGatewayDoor(): GatewayDoor {
  return {
    authenticate: (call) => advance(call, { accessToken: undefined, proof: { kind: 'gateway' } as const }),
  }
}
