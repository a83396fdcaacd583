import { VerificationFault } from '@sallyport/verifier'

export type FaultCode =
  | 'keys_unavailable'
  | 'connections_unavailable'
  | 'review_unavailable'
  | 'store_unavailable'
  | 'groups_unavailable'
  | 'exchange_unavailable'
  | 'exchange_throttled'
  | 'exchange_misconfigured'
  | 'upstream_unreachable'
  | 'upstream_timeout'
  | 'upstream_refused_credential'
  | 'upstream_busy'
  | 'upstream_answer_too_large'
  | 'upstream_answer_unreadable'
  | 'gate_busy'
  | 'audit_unavailable'
  | 'internal'

/** What a fault says on the wire: never a detail, never a challenge, so that clients keep their good tokens. */
export const FAULT_TERMS: Record<FaultCode, { status: number; says: string; retryAfterSeconds?: number }> = {
  keys_unavailable: { status: 503, says: 'The identity provider cannot be reached', retryAfterSeconds: 5 },
  connections_unavailable: { status: 503, says: 'Sign-in settings cannot be read', retryAfterSeconds: 5 },
  review_unavailable: { status: 503, says: 'The Kubernetes cluster cannot be asked', retryAfterSeconds: 5 },
  store_unavailable: { status: 503, says: 'The database cannot be reached', retryAfterSeconds: 2 },
  groups_unavailable: { status: 503, says: 'Group memberships cannot be found out', retryAfterSeconds: 5 },
  exchange_unavailable: { status: 503, says: 'The identity provider cannot be reached', retryAfterSeconds: 5 },
  exchange_throttled: { status: 503, says: 'The identity provider asks to wait', retryAfterSeconds: 30 },
  exchange_misconfigured: { status: 502, says: 'The credential for this server cannot be obtained' },
  upstream_unreachable: { status: 502, says: 'The MCP server cannot be reached' },
  upstream_timeout: { status: 504, says: 'The MCP server did not answer in time' },
  upstream_refused_credential: { status: 502, says: 'The MCP server refused the credential it was given' },
  upstream_busy: { status: 503, says: 'Too many calls are open to this MCP server', retryAfterSeconds: 1 },
  upstream_answer_too_large: { status: 502, says: 'The answer of the MCP server is too large to be checked' },
  upstream_answer_unreadable: { status: 502, says: 'The answer of the MCP server cannot be checked' },
  gate_busy: { status: 503, says: 'Too many messages are arriving at once', retryAfterSeconds: 1 },
  audit_unavailable: { status: 503, says: 'The call cannot be recorded', retryAfterSeconds: 2 },
  internal: { status: 500, says: 'Something went wrong' },
}

/** Something needed for an answer was not there. Thrown, never returned: nobody can mistake it for a verdict. */
export class GateFault extends Error {
  readonly code: FaultCode
  readonly retryAfterSeconds: number | undefined
  readonly detail: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: FaultCode,
    message: string,
    options?: ErrorOptions & { retryAfterSeconds?: number; detail?: Record<string, unknown> },
  ) {
    super(message, options)
    this.name = 'GateFault'
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds
    this.detail = options?.detail
  }
}

/** For a look-up that rejected: the database could not tell, which is no answer of its. */
export const storeDown = (message: string) => (cause: unknown) => {
  throw new GateFault('store_unavailable', message, { cause })
}

/** Any thrown value as a fault. What nobody foresaw is `internal`, and stays closed. */
export function toFault(thrown: unknown): GateFault {
  if (thrown instanceof GateFault) return thrown
  if (thrown instanceof VerificationFault) {
    return new GateFault(thrown.code, thrown.message, { cause: thrown, retryAfterSeconds: thrown.retryAfterSeconds })
  }
  return new GateFault('internal', thrown instanceof Error ? thrown.message : 'unknown', { cause: thrown })
}

/** For the admin. The words of an error that nobody foresaw could be anybody's: they stay in the log. */
export const detailOf = ({ code, message, detail }: GateFault): GateFault['detail'] =>
  detail ?? (code === 'internal' ? undefined : { detail: message })

export function renderFault(fault: GateFault, requestId: string) {
  const terms = FAULT_TERMS[fault.code]
  const retryAfter = fault.retryAfterSeconds ?? terms.retryAfterSeconds
  return {
    status: terms.status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
    } as Record<string, string>,
    body: JSON.stringify({
      error: 'temporarily_unavailable',
      error_description: terms.says,
      code: fault.code,
      request_id: requestId,
    }),
  }
}
