import type { TokenKind } from '@sallyport/verifier'

/** Kinds of credential that the outer door can ask for; a server may take several. */
export const CREDENTIAL_MODES = ['EntraJwt', 'Oidc', 'Token', 'Kubernetes'] as const

/** Modes in which callers prove nothing here. Neither goes with any other. */
export const TRUSTING_MODES = ['Gateway', 'None'] as const

export const AUTH_MODES = [...CREDENTIAL_MODES, ...TRUSTING_MODES] as const

export type CredentialMode = (typeof CREDENTIAL_MODES)[number]
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
