import type { Child } from '../children.ts'
import type { RowName } from '../options.ts'
import type { Target } from '../requests.ts'
import type { TokenIssuer } from '../tokens.ts'

/** What every proxy gets: the same upstream, issuer and members, and a folder of the bench's own. */
export interface Setting {
  readonly folder: string
  readonly core: number | undefined
  readonly upstreamPort: number
  readonly issuer: TokenIssuer
  readonly members: number
  readonly node: string
  readonly nodeArguments: readonly string[]
}

export interface Proxy {
  readonly target: Target
  readonly child: Child
  /** How many calls it has written down, where it does that at all. */
  readonly recorded?: () => number
}

export interface Row {
  readonly name: RowName
  readonly title: string
  /** Whether it must refuse a bad token: a proxy that checks nothing would win every round. */
  readonly checks: boolean
  /** Why it cannot run here, if so. */
  absent(): string | undefined
  start(setting: Setting): Promise<Proxy>
}

export const STATIC_CREDENTIAL = 'Bearer upstream-credential-of-the-bench'
