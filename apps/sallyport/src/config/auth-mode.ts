import type { TokenKind } from '@sallyport/verifier'
import type { Parsed } from './parsed.ts'

/** Kinds of credential that the outer door can ask for; a server may take several. */
const CREDENTIAL_MODES = ['EntraJwt', 'Oidc', 'Token', 'Kubernetes'] as const

/** Modes in which callers prove nothing here. Neither goes with any other. */
const TRUSTING_MODES = ['Gateway', 'None'] as const

export const AUTH_MODES = [...CREDENTIAL_MODES, ...TRUSTING_MODES] as const

type CredentialMode = (typeof CREDENTIAL_MODES)[number]
export type AuthMode = (typeof AUTH_MODES)[number]

/** How callers of a server prove themselves, or that they need not. */
export type Auth =
  | { readonly mode: 'credential'; readonly accept: ReadonlySet<TokenKind> }
  | { readonly mode: 'Gateway' }
  | { readonly mode: 'None' }

const KIND_OF: Readonly<Record<CredentialMode, TokenKind>> = {
  EntraJwt: 'entra',
  Oidc: 'oidc',
  Token: 'token',
  Kubernetes: 'kubernetes',
}

/** A list that was checked: of credential modes, or of `Gateway` or `None` alone. */
export function toAuth(modes: readonly AuthMode[]): Auth {
  const [first] = modes
  if (first === 'Gateway' || first === 'None') return { mode: first }
  return { mode: 'credential', accept: new Set((modes as CredentialMode[]).map((mode) => KIND_OF[mode])) }
}

/** The modes as operators write them. */
export const modesOf = (auth: Auth): AuthMode[] =>
  auth.mode === 'credential' ? CREDENTIAL_MODES.filter((mode) => auth.accept.has(KIND_OF[mode])) : [auth.mode]

export const acceptsEntra = (auth: Auth): boolean => auth.mode === 'credential' && auth.accept.has('entra')

export const VALID_MODES = `must be one of ${AUTH_MODES.join(', ')}, or a list of the first four`

/**
 * One mode or several, in any case and always in the same order. What is not a mode is a problem and never a weaker
 * default (S3-02); Gateway and None prove nothing, so beside any other they would undo it (D-11).
 */
export function parseAuthModes(written: string | readonly string[]): Parsed<readonly AuthMode[]> {
  const words = (typeof written === 'string' ? written.split(',') : written).map((word) => word.trim().toLowerCase())
  const modes = AUTH_MODES.filter((mode) => words.includes(mode.toLowerCase()))
  if (modes.length === 0 || new Set(words).size !== modes.length) return { problem: VALID_MODES }
  if (words.length !== modes.length) return { problem: 'names a mode twice' }
  if (modes.length > 1 && TRUSTING_MODES.some((mode) => modes.includes(mode))) {
    return { problem: 'Gateway and None stand alone: beside either, no other mode would ask anybody for anything' }
  }
  return { value: modes }
}
