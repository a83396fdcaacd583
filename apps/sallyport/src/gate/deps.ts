import type { EntraVerifier } from '@sallyport/verifier'
import type { MemberLookup } from '../members/member-lookup.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Outcomes } from './outcomes.ts'
import type { ExchangeDeps } from './steps/exchange.ts'
import type { ForwardDeps } from './steps/forward.ts'
import type { ReadOptions } from './steps/read.ts'
import type { Routes } from './steps/route.ts'

/** What the steps need, each its own part. */
export interface GateDeps {
  readonly routes: Routes
  readonly teamspaces: TeamspaceLookup
  readonly verifier: EntraVerifier
  readonly members: MemberLookup
  readonly read: ReadOptions
  readonly exchange: ExchangeDeps
  readonly forward: ForwardDeps
  readonly outcomes: Outcomes
}
