import { TERMS } from './denial.ts'
import type { DenialReason } from './denial.ts'
import { FAULT_TERMS } from './fault.ts'
import type { FaultCode } from './fault.ts'

export interface Explained {
  readonly says: string
  /** What would change the outcome; NAME is the server's. */
  readonly fix?: string
}

type Code = DenialReason['code'] | FaultCode

const CONNECTION = 'compare with `sallyport connection show TEAMSPACE`'
const SIGN_IN = 'the client has to sign in again'
const CLIENT = 'the client sent it so'

/** What an admin can do about it: the setting or the registration. A new code does not compile without a word here. */
const FIXES: Readonly<Record<Code, string | undefined>> = {
  path_unknown: 'servers.NAME.path',
  teamspace_unknown: 'sallyport teamspace create',
  host_not_allowed: 'allowedHosts',
  origin_not_allowed: 'allowedOrigins',
  method_not_allowed: CLIENT,
  token_missing: 'the client has to sign in, or to send its MCP token',
  token_malformed: CLIENT,
  credential_kind_refused: 'servers.NAME.auth',
  token_invalid: 'look at the token with `sallyport explain-token`',
  audience_missing: CONNECTION,
  audience_unknown: CONNECTION,
  token_expired: SIGN_IN,
  claims_invalid: CONNECTION,
  signature_invalid: 'look at the token with `sallyport explain-token`',
  token_version_unsupported: 'api.requestedAccessTokenVersion: 2 in the app manifest',
  app_token_refused: 'sallyport connection set --accepted-role',
  sentinel_invalid: 'gateway.sentinel',
  scope_insufficient: 'servers.NAME.scopes, the scope of the connection, or the rule that is named here',
  teamspace_mismatch: 'the path names another teamspace than the one of the credential',
  member_unknown: 'sallyport member add',
  session_unknown: 'the client has to begin a new session',
  message_type_unsupported: CLIENT,
  message_too_large: 'limits.messageBytes',
  message_malformed: CLIENT,
  message_ambiguous: CLIENT,
  batch_not_allowed: CLIENT,
  header_mismatch: CLIENT,
  role_insufficient: 'servers.NAME.roles',
  app_role_missing: 'assign the app role in Entra, or change servers.NAME.appRoles',
  token_scope_insufficient: 'sallyport token mint --scope',
  tool_unknown: 'a rule of the policy that allows the tool',
  prompt_unknown: 'a rule of the policy that allows it',
  resource_unknown: 'a rule of the policy that allows it',
  call_forbidden: 'change the rule that is named here: sallyport policy set',
  groups_unavailable: 'Microsoft Graph has to answer; GroupMember.Read.All of the gateway client',
  rate_limited: undefined,
  too_many_open_calls: undefined,
  assertion_refused: SIGN_IN,
  claims_required: SIGN_IN,
  interaction_required: SIGN_IN,
  consent_required: 'grant admin consent to the gateway client',
  user_not_assigned: 'assign the user to the enterprise application',
  access_blocked: 'Conditional Access policies of the Entra tenant',
  keys_unavailable: 'the issuer has to answer; allowPrivateIssuers when it is a private one',
  connections_unavailable: 'the database has to answer',
  review_unavailable: 'clusters.NAME, and system:auth-delegator for our service account',
  store_unavailable: 'the database has to answer',
  gate_busy: 'limits.heldBytes',
  exchange_unavailable: 'the token endpoint has to answer',
  exchange_throttled: 'wait; the identity provider limits the gateway client',
  exchange_misconfigured: 'sallyport connection test TEAMSPACE',
  audit_unavailable: 'the database has to take rows; audit.mode',
  upstream_unreachable: 'servers.NAME.upstream',
  upstream_answer_unreadable: 'the server has to answer lists in unambiguous JSON',
  upstream_answer_too_large: 'limits.listBytes',
  upstream_timeout: 'limits.upstreamHeadersSeconds',
  upstream_refused_credential: 'servers.NAME.outbound',
  upstream_busy: 'limits.upstreamConnections',
  internal: 'the log has it under the request id',
}

/** What a code means to the admin; undefined for what is no code: the rule that allowed a call. */
export function explainCode(code: string): Explained | undefined {
  if (!Object.hasOwn(FIXES, code)) return undefined
  const { says } = { ...FAULT_TERMS, ...TERMS }[code as Code]
  const fix = FIXES[code as Code]
  return { says, ...(fix !== undefined && { fix }) }
}
