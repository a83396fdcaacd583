import type { SignIn } from '../grants.ts'
import type { User } from '../seed.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/** What the person did on one of our pages. */
export interface Submission {
  readonly userName?: string | undefined
  readonly password?: string | undefined
  readonly decision?: string | undefined
}

export interface Visit {
  readonly request: AuthorizationRequest
  readonly sessionHandle: string | undefined
  /** Present when one of our forms was posted. */
  readonly submission?: Submission
}

export interface SignedIn {
  readonly user: User
  readonly signIn: SignIn
  /** Set when the session is new or changed, for the cookie. */
  readonly sessionHandle?: string
}

export const isSilent = (request: AuthorizationRequest): boolean => request.prompt === 'none'
