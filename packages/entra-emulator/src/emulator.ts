import type { JWTHeaderParameters, JWTPayload } from 'jose'
import type { Fault } from './control/faults.ts'
import type { RecordedRequest } from './control/request-log.ts'
import type { LoadedSeed, Seed } from './seed.ts'

export interface EmulatorOptions {
  readonly seed: Seed | LoadedSeed
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /** Milliseconds since 1970, as `Date.now`. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

export interface Emulator {
  /** Stands for `https://login.microsoftonline.com`. */
  readonly url: string
  readonly port: number
  /** Live: a change is seen by the next request. */
  readonly seed: LoadedSeed
  /** The last 1000 requests, oldest first; secrets and tokens are kept. */
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
  /** A new kid signs; the old one is gone unless `overlap`. Without a tenant: for all of them. */
  rotateKeys(tenantId?: string, options?: { overlap?: boolean }): Promise<void>
  clearRequests(): void
  setFault(fault: Fault | undefined): void
  /** Ends the user's sessions, codes and refresh tokens (50173). */
  revokeSessions(tenantId: string, userId: string): void
  /** Fixed lifetime of access tokens from now on; undefined: Entra's random 60 to 90 minutes. */
  setTokenLifetime(tenantId: string, seconds: number | undefined): void
  /** Signs any claims with the tenant's key, or with the key that `header.kid` names. */
  signToken(tenantId: string, claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>
}
