import { randomUUID } from 'node:crypto'
import { AADSTS, type AadstsCode, type AadstsTerms } from './aadsts.ts'

export interface EntraErrorOptions {
  /** What is special about this case; appended to the words of the table. */
  readonly detail?: string
  /** OAuth error instead of the table's, for endpoints that answer differently. */
  readonly error?: string
  /** Claims challenge (JSON), for the client to pass to `/authorize`. */
  readonly claims?: string
  readonly suberror?: string
  readonly retryAfterSeconds?: number
  /** HTTP status instead of the table's. */
  readonly status?: number
}

/**
 * A refusal of the emulated service. It is thrown, unlike the refusals of a gate: every endpoint has
 * one exit for all of them, and the emulator guards nothing.
 */
export class EntraError extends Error {
  readonly code: AadstsCode
  readonly terms: AadstsTerms
  readonly options: EntraErrorOptions

  constructor(code: AadstsCode, options: EntraErrorOptions = {}) {
    const terms: AadstsTerms = AADSTS[code]
    super(`AADSTS${code}: ${terms.says}${options.detail === undefined ? '' : ` ${options.detail}`}`)
    this.code = code
    this.terms = terms
    this.options = options
  }

  get error(): string {
    return this.options.error ?? this.terms.error
  }

  get status(): number {
    return this.options.status ?? this.terms.status
  }
}

export const missing = (parameter: string): EntraError =>
  new EntraError(900144, { detail: `The request must contain '${parameter}'.` })

export interface ErrorContext {
  readonly nowMs: number
  readonly errorUriBase: string
  /** `client-request-id` of the caller, echoed as Entra does when it is a GUID. */
  readonly correlationId?: string
}

/** Entra's error body, member for member. */
export function toErrorBody(refusal: EntraError, { nowMs, errorUriBase, correlationId }: ErrorContext) {
  const ids = { trace_id: randomUUID(), correlation_id: correlationId ?? randomUUID() }
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const suberror = refusal.options.suberror ?? refusal.terms.suberror
  return {
    error: refusal.error,
    error_description: `${refusal.message} Trace ID: ${ids.trace_id} Correlation ID: ${ids.correlation_id} Timestamp: ${timestamp}`,
    error_codes: [refusal.code],
    timestamp,
    ...ids,
    error_uri: `${errorUriBase}/error?code=${refusal.code}`,
    ...(suberror !== undefined && { suberror }),
    ...(refusal.options.claims !== undefined && { claims: refusal.options.claims }),
  }
}
