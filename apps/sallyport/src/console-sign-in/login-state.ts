import { z } from 'zod'
import { SealBroken } from '../store/sealer.ts'
import type { Sealer } from '../store/sealer.ts'
import { toReturnPath } from './return-path.ts'

/** What a browser keeps while its person is at the identity provider. */
export interface LoginState {
  /** Whose answer is expected: the realm, and us as which client. */
  readonly issuerKey: string
  readonly clientId: string
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly returnTo: string
  readonly expiresAt: number
}

export const LOGIN_MINUTES = 10
/** A sealed value of another kind opens under another name only. */
const CONTEXT = 'console login state'
const MAX_SEALED = 3000

const shape = z.strictObject({
  issuerKey: z.string(),
  clientId: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string().transform(toReturnPath),
  expiresAt: z.number(),
})

export const sealLoginState = (sealer: Sealer, login: LoginState): string => sealer.seal(JSON.stringify(login), CONTEXT)

/** Undefined for what we did not seal, or too long ago. */
export function openLoginState(sealer: Sealer, sealed: string | undefined, at: number): LoginState | undefined {
  if (sealed === undefined || sealed.length > MAX_SEALED) return undefined
  try {
    const login = shape.parse(JSON.parse(sealer.open(sealed, CONTEXT)))
    return at < login.expiresAt ? login : undefined
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}
