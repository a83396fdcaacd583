import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Outcomes } from './outcomes.ts'
import type { Admission } from './steps/admit.ts'
import type { OuterDoor } from './steps/authenticate.ts'
import type { ExchangeDeps } from './steps/exchange.ts'
import type { ForwardDeps } from './steps/forward.ts'
import type { ReadOptions } from './steps/read.ts'
import type { Routes } from './steps/route.ts'

/** What the steps need, each its own part. */
export interface GateDeps {
  readonly routes: Routes
  readonly teamspaces: TeamspaceLookup
  readonly door: OuterDoor
  readonly admission: Admission
  readonly read: ReadOptions
  readonly exchange: ExchangeDeps
  readonly forward: ForwardDeps
  readonly outcomes: Outcomes
}
