import type { ServerResponse } from 'node:http'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Outcomes } from './outcomes.ts'
import type { Admission } from './steps/admit.ts'
import type { AuthorizeDeps } from './steps/authorize.ts'
import type { OuterDoor } from './steps/authenticate.ts'
import type { ExchangeDeps } from './steps/exchange.ts'
import type { ForwardDeps } from './steps/forward.ts'
import type { CallLimits } from './steps/limit.ts'
import type { ReadOptions } from './steps/read.ts'
import type { Routes } from './steps/route.ts'
import type { AddressLimits } from '../limits/address-limits.ts'

/** What the steps need, each its own part. */
export interface GateDeps {
  readonly routes: Routes
  readonly teamspaces: TeamspaceLookup
  readonly throttle: AddressLimits
  readonly door: OuterDoor
  readonly admission: Admission
  readonly read: ReadOptions
  readonly rules: AuthorizeDeps
  readonly limits: CallLimits
  readonly exchange: ExchangeDeps
  readonly forward: ForwardDeps
  readonly outcomes: Outcomes
  /** Cuts a call that nothing else could end: nobody knows what was checked by then. */
  readonly lose: (error: unknown, response: ServerResponse) => void
}
