import type { KeyRing } from './keys/key-ring.ts'
import type { FaultSwitch } from './control/faults.ts'
import type { GrantStore } from './grants.ts'
import type { RequestLog } from './control/request-log.ts'
import type { LoadedSeed, Tenant } from './seed.ts'

/** Everything an endpoint may need: the state of one running emulator. */
export interface Emulation {
  /** Where the emulator listens, without a trailing slash; the `login.microsoftonline.com` of its tokens. */
  readonly url: string
  readonly seed: LoadedSeed
  readonly keys: KeyRing
  readonly grants: GrantStore
  readonly faults: FaultSwitch
  readonly requests: RequestLog
  readonly now: () => number
  readonly log: (line: string) => void
}

export const v2Issuer = (url: string, tenantId: string): string => `${url}/${tenantId}/v2.0`

/** v1 tokens name this host whatever the authority was, so the emulator keeps it. */
export const v1Issuer = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`

export const tokenEndpoint = (url: string, tenant: Tenant): string => `${url}/${tenant.id}/oauth2/v2.0/token`

export const nowSeconds = ({ now }: Pick<Emulation, 'now'>): number => Math.floor(now() / 1000)
