/** Why an access token was refused. Only `code` and `required` may reach the caller; the rest is for the audit log. */
export type TokenDenialReason =
  | { code: 'token_missing' }
  | { code: 'credential_kind_refused'; presented: string; expected: string }
  | { code: 'token_malformed'; detail: string }
  | { code: 'token_invalid'; detail: string }
  | { code: 'audience_missing'; detail?: string }
  | { code: 'audience_unknown'; presented: string; detail?: string }
  | { code: 'token_expired'; presented?: string }
  | { code: 'claims_invalid'; claim: string; presented?: string; expected?: string }
  | { code: 'signature_invalid' }
  | { code: 'token_version_unsupported'; presented: string }
  | { code: 'app_token_refused'; presented: readonly string[] }
  | { code: 'scope_insufficient'; required: readonly string[]; presented?: readonly string[]; detail?: string }

/** A refusal, as a value. A fault (identity provider down, look-up impossible) is thrown instead. */
export interface Denial<Reason extends { code: string } = TokenDenialReason> {
  readonly denied: Reason
}

export const deny = <Reason extends { code: string }>(denied: Reason): Denial<Reason> => ({ denied })

/** What a claim said and what it should have said, for the audit log; cut, because the caller chose it. */
export const denyClaim = (claim: string, presented?: unknown, expected?: string): Denial =>
  deny({
    code: 'claims_invalid',
    claim,
    ...(typeof presented === 'string' && { presented: presented.slice(0, 200) }),
    ...(expected !== undefined && { expected }),
  })

export const isDenied = <Outcome extends object, Reason extends { code: string }>(
  outcome: Outcome | Denial<Reason>,
): outcome is Denial<Reason> => 'denied' in outcome

/** What a refusal says on the wire. `error` is a code of RFC 6750 §3.1; none when no credential was sent. */
export interface Terms {
  readonly status: number
  readonly error?: string
  readonly says: string
}

export const TOKEN_TERMS = {
  token_missing: { status: 401, says: 'Authentication required. Please authenticate to use this MCP server.' },
  credential_kind_refused: {
    status: 401,
    error: 'invalid_token',
    says: 'This kind of credential is not accepted here',
  },
  token_malformed: { status: 401, error: 'invalid_token', says: 'Invalid token' },
  token_invalid: { status: 401, error: 'invalid_token', says: 'Invalid token' },
  audience_missing: { status: 401, error: 'invalid_token', says: 'Missing audience' },
  audience_unknown: { status: 401, error: 'invalid_token', says: 'Unknown audience' },
  token_expired: { status: 401, error: 'invalid_token', says: 'Token expired' },
  claims_invalid: { status: 401, error: 'invalid_token', says: 'Invalid token claims' },
  signature_invalid: { status: 401, error: 'invalid_token', says: 'Invalid signature' },
  token_version_unsupported: { status: 401, error: 'invalid_token', says: 'Invalid token claims' },
  app_token_refused: { status: 401, error: 'invalid_token', says: 'Tokens of applications are not accepted here' },
  scope_insufficient: { status: 403, error: 'insufficient_scope', says: 'Missing required scope' },
} satisfies Record<TokenDenialReason['code'], Terms>
