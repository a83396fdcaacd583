import { TERMS } from './denial.ts'
import type { DenialReason } from './denial.ts'
import { FAULT_TERMS } from './fault.ts'
import type { FaultCode } from './fault.ts'

/** Where a call was decided: the steps of the gate, in their order. */
export type GateStep =
  'route' | 'authenticate' | 'admit' | 'read' | 'authorize' | 'limit' | 'exchange' | 'record' | 'forward'

export interface Explained {
  readonly step: GateStep
  /** What would change the outcome, when the table of refusals names no setting; NAME is the server's. */
  readonly fix?: string
}

type Code = DenialReason['code'] | FaultCode

const CONNECTION = 'compare with `sallyport connection show TEAMSPACE`'
const SIGN_IN = 'the client has to sign in again'
const CLIENT = 'the client sent it so'

/** Beside the table of refusals: which step decides it as a rule (the row of a call knows better), and what its admin can do. A new code does not compile without. */
const EXPLANATIONS: Readonly<Record<Code, Explained>> = {
  path_unknown: { step: 'route', fix: 'servers.NAME.path' },
  teamspace_unknown: { step: 'route', fix: 'sallyport teamspace create' },
  host_not_allowed: { step: 'route' },
  origin_not_allowed: { step: 'route' },
  method_not_allowed: { step: 'route', fix: CLIENT },
  token_missing: { step: 'authenticate', fix: 'the client has to sign in, or to send its MCP token' },
  token_malformed: { step: 'authenticate', fix: CLIENT },
  credential_kind_refused: { step: 'authenticate', fix: 'servers.NAME.auth' },
  token_invalid: { step: 'authenticate', fix: 'look at the token with `sallyport explain-token`' },
  audience_missing: { step: 'authenticate', fix: CONNECTION },
  audience_unknown: { step: 'authenticate', fix: CONNECTION },
  token_expired: { step: 'authenticate', fix: SIGN_IN },
  claims_invalid: { step: 'authenticate', fix: CONNECTION },
  signature_invalid: { step: 'authenticate', fix: 'look at the token with `sallyport explain-token`' },
  token_version_unsupported: { step: 'authenticate', fix: 'api.requestedAccessTokenVersion: 2 in the app manifest' },
  app_token_refused: { step: 'authenticate', fix: 'sallyport connection set --accepted-role' },
  sentinel_invalid: { step: 'authenticate', fix: 'gateway.sentinel' },
  scope_insufficient: { step: 'authorize', fix: 'servers.NAME.scopes, or the scope of the connection' },
  teamspace_mismatch: { step: 'admit', fix: 'the path names another teamspace than the one of the credential' },
  member_unknown: { step: 'admit' },
  session_unknown: { step: 'read', fix: 'the client has to begin a new session' },
  message_type_unsupported: { step: 'read', fix: CLIENT },
  message_too_large: { step: 'read' },
  message_malformed: { step: 'read', fix: CLIENT },
  message_ambiguous: { step: 'read', fix: CLIENT },
  batch_not_allowed: { step: 'read', fix: CLIENT },
  header_mismatch: { step: 'read', fix: CLIENT },
  role_insufficient: { step: 'authorize' },
  app_role_missing: { step: 'authorize' },
  token_scope_insufficient: { step: 'authorize' },
  tool_unknown: { step: 'authorize' },
  prompt_unknown: { step: 'authorize' },
  resource_unknown: { step: 'authorize' },
  call_forbidden: { step: 'authorize' },
  groups_unavailable: {
    step: 'authorize',
    fix: 'Microsoft Graph has to answer; GroupMember.Read.All of the gateway client',
  },
  rate_limited: { step: 'limit' },
  too_many_open_calls: { step: 'limit' },
  assertion_refused: { step: 'exchange', fix: SIGN_IN },
  claims_required: { step: 'exchange', fix: SIGN_IN },
  interaction_required: { step: 'exchange', fix: SIGN_IN },
  consent_required: { step: 'exchange' },
  user_not_assigned: { step: 'exchange' },
  access_blocked: { step: 'exchange' },
  keys_unavailable: {
    step: 'authenticate',
    fix: 'the issuer has to answer; allowPrivateIssuers when it is a private one',
  },
  connections_unavailable: { step: 'authenticate', fix: 'the database has to answer' },
  review_unavailable: { step: 'authenticate', fix: 'clusters.NAME, and system:auth-delegator for our service account' },
  store_unavailable: { step: 'admit', fix: 'the database has to answer' },
  gate_busy: { step: 'read', fix: 'limits.heldBytes' },
  exchange_unavailable: { step: 'exchange', fix: 'the token endpoint has to answer' },
  exchange_throttled: { step: 'exchange', fix: 'wait; the identity provider limits the gateway client' },
  exchange_misconfigured: { step: 'exchange', fix: 'sallyport connection test TEAMSPACE' },
  audit_unavailable: { step: 'record', fix: 'the database has to take rows; audit.mode' },
  upstream_unreachable: { step: 'forward', fix: 'servers.NAME.upstream' },
  upstream_answer_unreadable: { step: 'forward', fix: 'the server has to answer lists in unambiguous JSON' },
  upstream_answer_too_large: { step: 'forward', fix: 'limits.listBytes' },
  upstream_timeout: { step: 'forward', fix: 'limits.upstreamHeadersSeconds' },
  upstream_refused_credential: { step: 'forward', fix: 'servers.NAME.outbound' },
  upstream_busy: { step: 'forward', fix: 'limits.upstreamConnections' },
  internal: { step: 'forward', fix: 'the log has it under the request id' },
}

/** What a code means to the admin; undefined for what is no code: the rule that allowed a call. */
export function explainCode(code: string): (Explained & { readonly says: string }) | undefined {
  if (!Object.hasOwn(EXPLANATIONS, code)) return undefined
  const terms = { ...FAULT_TERMS, ...TERMS }[code as Code]
  const fix = 'fix' in terms && terms.fix !== undefined ? terms.fix : EXPLANATIONS[code as Code].fix
  return { ...EXPLANATIONS[code as Code], says: terms.says, ...(fix !== undefined && { fix }) }
}
