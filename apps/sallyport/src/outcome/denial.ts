import { bearerChallenge, deny, isDenied, TOKEN_TERMS } from '@sallyport/verifier'
import type { Denial as DenialOf, Terms as TokenTerms, TokenDenialReason } from '@sallyport/verifier'
import { rateLimitFields } from '../http/rate-limit-fields.ts'
import { compatBody } from './compat.ts'
import type { Compat } from './compat.ts'

export { deny, isDenied }

/** Why a call was refused. Only `code` and `required` reach the wire; the rest is for the audit log. */
export type DenialReason =
  | TokenDenialReason
  | { code: 'path_unknown'; presented?: string }
  | { code: 'teamspace_unknown'; presented?: string }
  | { code: 'host_not_allowed'; presented: string }
  | { code: 'origin_not_allowed'; presented: string }
  | { code: 'method_not_allowed'; presented: string }
  | { code: 'teamspace_mismatch'; expected: string; presented?: string }
  | { code: 'member_unknown'; presented?: { issuer: string; subject: string } }
  | { code: 'session_unknown'; detail?: string }
  | { code: 'message_type_unsupported'; detail: string }
  | { code: 'message_too_large'; expected?: string; presented?: string }
  | { code: 'message_malformed'; detail: string }
  | { code: 'message_ambiguous'; detail: string }
  | { code: 'batch_not_allowed'; presented?: string }
  | { code: 'header_mismatch'; header: string; expected?: string; presented?: string }
  | RateLimited
  | { code: 'too_many_open_calls'; limit: string; openCalls: number; setting: string }
  | { code: 'sentinel_invalid'; detail: string }
  | { code: 'app_role_missing'; required: readonly string[]; presented: readonly string[] }
  | { code: 'role_insufficient'; required: readonly string[]; presented: string }
  | {
      code: 'tool_unknown' | 'prompt_unknown' | 'resource_unknown'
      target: string
      by: string | undefined
      detail: string | undefined
    }
  | { code: 'token_scope_insufficient'; required: readonly string[]; presented: readonly string[]; detail?: string }
  | { code: 'call_forbidden'; by: string; detail?: string | undefined }
  | { code: 'assertion_refused'; aadsts?: readonly number[]; hint?: string }
  | { code: 'claims_required'; claims: string; authorizationUri: string; aadsts?: readonly number[]; hint?: string }
  | { code: 'interaction_required'; aadsts?: readonly number[]; hint?: string }
  | { code: 'consent_required'; aadsts?: readonly number[]; hint?: string }
  | { code: 'user_not_assigned'; aadsts?: readonly number[]; hint?: string }
  | { code: 'access_blocked'; aadsts?: readonly number[]; hint?: string }

/** Which limit it was, and where the caller stands with it. */
export interface RateLimited {
  readonly code: 'rate_limited'
  readonly limit: string
  readonly calls: number
  readonly seconds: number
  readonly remaining: number
  readonly retryAfterSeconds: number
  readonly setting: string
  readonly hint?: string
}

/** One that waiting helps against. */
export type LimitReason = Extract<DenialReason, { setting: string }>

export type Denial = DenialOf<DenialReason> & {
  /** Id of the JSON-RPC request that is refused, once it was read: clients match answers by it (JSON-RPC 2.0 §5). */
  readonly answers?: string | number | null
}

export interface Terms extends TokenTerms {
  /** JSON-RPC error code, for refusals about the message itself. */
  readonly rpc?: number
}

/** The one table of refusals. `docs/denials.md` explains each; a test compares the two. */
export const TERMS: Record<DenialReason['code'], Terms> = {
  ...TOKEN_TERMS,
  path_unknown: { status: 404, says: 'Nothing is served at this address' },
  teamspace_unknown: { status: 404, says: 'Nothing is served at this address' },
  host_not_allowed: { status: 403, says: 'This Host is not served here' },
  origin_not_allowed: { status: 403, says: 'This Origin may not call' },
  method_not_allowed: { status: 405, says: 'MCP endpoints take POST, GET and DELETE' },
  teamspace_mismatch: { status: 401, error: 'invalid_token', says: 'This access token is for another resource' },
  member_unknown: {
    status: 401, // 403 by `unmappedUserStatus` (D-07)
    error: 'invalid_token',
    says: 'The user is not provisioned in this teamspace',
  },
  session_unknown: { status: 404, says: 'Session not found', rpc: -32600 },
  message_type_unsupported: { status: 415, says: 'Send application/json in UTF-8, not encoded', rpc: -32600 },
  message_too_large: { status: 413, says: 'The message is too large', rpc: -32600 },
  message_malformed: { status: 400, says: 'The body is not a JSON-RPC message', rpc: -32700 },
  message_ambiguous: { status: 400, says: 'The body can be read in two ways', rpc: -32600 },
  batch_not_allowed: { status: 400, says: 'This protocol revision has no batches', rpc: -32600 },
  header_mismatch: { status: 400, says: 'A header and the body disagree', rpc: -32020 },
  // -32000 to -32019 are for implementations (JSON-RPC 2.0 §5.1, of which MCP keeps the rest for itself).
  rate_limited: { status: 429, says: 'Too many calls; wait before the next', rpc: -32010 },
  too_many_open_calls: { status: 429, says: 'Too many calls are open at once', rpc: -32010 },
  role_insufficient: { status: 403, error: 'insufficient_scope', says: 'Your role may not call this server' },
  sentinel_invalid: { status: 401, error: 'invalid_token', says: 'Only the gateway in front may call here' },
  app_role_missing: { status: 403, error: 'access_denied', says: 'The user has no app role that may call this server' },
  token_scope_insufficient: {
    status: 403,
    error: 'insufficient_scope',
    says: 'The token was minted for less than this',
  },
  // As servers answer for what they do not have (MCP, "Error handling"), so that what is hidden and what is not there
  // look alike.
  tool_unknown: { status: 200, says: 'Unknown tool', rpc: -32602 },
  prompt_unknown: { status: 200, says: 'Unknown prompt', rpc: -32602 },
  resource_unknown: { status: 200, says: 'Resource not found', rpc: -32602 },
  call_forbidden: { status: 403, says: 'The rules of this teamspace do not allow this call', rpc: -32600 },
  assertion_refused: { status: 401, error: 'invalid_token', says: 'The identity provider refused this access token' },
  claims_required: { status: 401, error: 'insufficient_claims', says: 'The identity provider asks for more proof' },
  interaction_required: { status: 401, error: 'invalid_token', says: 'The identity provider asks to sign in again' },
  consent_required: { status: 403, error: 'access_denied', says: 'Admin consent is needed for this server' },
  user_not_assigned: { status: 403, error: 'access_denied', says: 'The user is not assigned to this server' },
  access_blocked: { status: 403, error: 'access_denied', says: 'A sign-in policy blocks this access' },
}

/** What a challenge needs to know of the place that was called. */
export interface ChallengeContext {
  readonly resourceMetadata?: string | undefined
  /** Scopes to ask for at sign-in, when nothing more exact is known. */
  readonly scope?: string | undefined
  /** A scope of ours as the issuer knows it, such as `api://{client id}/mcp.write`. */
  readonly qualifyScope?: ((scope: string) => string) | undefined
  readonly docsUrl?: string | undefined
  readonly unmappedUserStatus?: 401 | 403
  readonly compat?: Compat
}

export interface Refusal {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Turns a denial into status, `WWW-Authenticate` (RFC 6750 §3, RFC 9728 §5.1) and body. The only place that does. */
export function renderDenial(denial: Denial, context: ChallengeContext, requestId?: string): Refusal {
  const reason = denial.denied
  const terms = TERMS[reason.code]
  const status = reason.code === 'member_unknown' ? (context.unmappedUserStatus ?? terms.status) : terms.status
  const compat = compatBody({ ...reason, status, says: terms.says }, context.compat)
  const contentType = compat?.contentType ?? 'application/json'
  const headers: Record<string, string> = { 'content-type': contentType, 'cache-control': 'no-store' }
  if (reason.code === 'method_not_allowed') headers.allow = 'POST, GET, DELETE, OPTIONS'
  if (status === 429) Object.assign(headers, waitHeaders(reason))
  if (status === 401 || terms.error === 'insufficient_scope')
    headers['www-authenticate'] = challenge(reason, terms, context)
  return { status, headers, body: compat?.body ?? refusalBody(denial, terms, requestId) }
}

/** When to try again: nobody knows when another call will end, so for open calls it is a moment. */
export function waitHeaders(reason: DenialReason): Record<string, string> {
  if (reason.code === 'rate_limited') {
    const { limit, calls, seconds, remaining, retryAfterSeconds } = reason
    const policy = { name: limit, quota: calls, windowSeconds: seconds }
    return {
      'retry-after': String(retryAfterSeconds),
      ...rateLimitFields(policy, { remaining, resetSeconds: retryAfterSeconds }),
    }
  }
  if (reason.code !== 'too_many_open_calls') return {}
  const policy = { name: reason.limit, quota: reason.openCalls }
  return { 'retry-after': '1', ...rateLimitFields(policy, { remaining: 0 }) }
}

function challenge(reason: DenialReason, terms: Terms, context: ChallengeContext): string {
  const params: Record<string, string | undefined> = {
    resource_metadata: context.resourceMetadata,
    scope: context.scope,
    ...(context.compat?.plainTextErrors && { realm: 'Kubernetes MCP Server' }),
  }
  if (reason.code === 'token_scope_insufficient') params.scope = reason.required.join(' ') // nobody signs in for these
  if (reason.code === 'scope_insufficient') params.scope = allScopes(reason.required, context)
  if (terms.error === undefined) return bearerChallenge(params) // no credential, no error: RFC 6750 §3.1
  params.error = terms.error
  params.error_description = terms.says
  if (context.docsUrl !== undefined) params.error_uri = `${context.docsUrl}/denials.md#${reason.code}`
  if (reason.code === 'claims_required') {
    // Entra's format: realm and authorization_uri are part of it, claims is base64 of the JSON.
    params.realm = ''
    params.authorization_uri = reason.authorizationUri
    params.claims = Buffer.from(reason.claims).toString('base64')
  }
  return bearerChallenge(params)
}

/** Everything that the call needs: clients ask for exactly this, and nothing that they had before comes by itself. */
function allScopes(required: readonly string[], { scope, qualifyScope }: ChallengeContext): string {
  const qualified = qualifyScope ? required.map(qualifyScope) : required
  return [...new Set([...(scope?.split(' ') ?? []), ...qualified])].join(' ')
}

function refusalBody({ denied, answers = null }: Denial, terms: Terms, requestId: string | undefined): string {
  const about = { code: denied.code, request_id: requestId }
  if (terms.rpc !== undefined) {
    return JSON.stringify({
      jsonrpc: '2.0',
      id: answers,
      error: { code: terms.rpc, message: saysOf(denied, terms), data: about },
    })
  }
  return JSON.stringify({ error: terms.error ?? denied.code, error_description: terms.says, ...about })
}

const saysOf = (denied: DenialReason, { says }: Terms): string =>
  'target' in denied ? `${says}: ${denied.target.slice(0, 256)}` : says
