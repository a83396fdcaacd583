import type { ExchangeFailure } from '../exchange/entra-failure.ts'
import { GateFault } from '../outcome/fault.ts'

/** Whose groups are asked for: it decides the address and the permission. */
export type PrincipalKind = 'users' | 'servicePrincipals'

/** Application permissions of Microsoft Graph that suffice. */
const PERMISSIONS: Readonly<Record<PrincipalKind, string>> = {
  users: 'GroupMember.Read.All',
  servicePrincipals: 'Application.Read.All',
}

const OUTAGE_SECONDS = 3
const MISCONFIGURED_SECONDS = 10
const THROTTLED_SECONDS = 10
const MAX_WAIT_SECONDS = 300

/** An answer of Graph's that is no list of groups. */
export interface GraphRefusal {
  readonly status: number
  /** Graph's own name of the error. */
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined
}

/** Graph should know, but could not be asked. For `holdSeconds` it need not be asked again. */
export interface GraphFailure {
  readonly fault: GateFault
  readonly holdSeconds: number
}

export function failureOf({ status, code, retryAfterSeconds }: GraphRefusal, kind: PrincipalKind): GraphFailure {
  const detail = { status, graph: code }
  if (status === 429 || (status === 503 && retryAfterSeconds !== undefined)) {
    const holdSeconds = Math.min(retryAfterSeconds ?? THROTTLED_SECONDS, MAX_WAIT_SECONDS)
    return failure('Microsoft Graph asks to wait.', { holdSeconds, detail })
  }
  if (status === 401) {
    return failure('Microsoft Graph refuses the token of the gateway client.', {
      holdSeconds: MISCONFIGURED_SECONDS,
      detail,
    })
  }
  if (status === 403) {
    const hint = `Grant the gateway app the application permission ${PERMISSIONS[kind]} of Microsoft Graph, with admin consent.`
    return failure(hint, { holdSeconds: MISCONFIGURED_SECONDS, detail })
  }
  return failure('Microsoft Graph is failing.', { holdSeconds: OUTAGE_SECONDS, detail })
}

/** Graph did not answer, or its answer cannot be used. */
export const outage = (hint: string, cause?: unknown): GraphFailure =>
  failure(hint, { holdSeconds: OUTAGE_SECONDS, ...(cause !== undefined && { cause }) })

/** Entra gave the gateway client no token for Graph. */
export function tokenFailure({ outcome, holdSeconds }: ExchangeFailure): GraphFailure {
  const detail: Readonly<Record<string, unknown>> =
    outcome instanceof GateFault ? { ...outcome.detail } : { ...outcome.denied }
  const why = typeof detail.hint === 'string' ? detail.hint : 'the identity provider cannot be reached.'
  const hint = `The gateway client gets no token for Microsoft Graph: ${why}`
  return failure(hint, { holdSeconds: Math.max(holdSeconds, OUTAGE_SECONDS), detail })
}

/** The same failure for whoever asks while it is held. */
export const heldFault = ({ fault }: GraphFailure, remainingMs: number): GateFault =>
  new GateFault(fault.code, fault.message, {
    cause: fault.cause,
    detail: { ...fault.detail },
    retryAfterSeconds: Math.max(1, Math.ceil(remainingMs / 1000)),
  })

interface Circumstances {
  readonly holdSeconds: number
  readonly detail?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

function failure(hint: string, { holdSeconds, detail, cause }: Circumstances): GraphFailure {
  const fault = new GateFault('groups_unavailable', hint, {
    cause,
    detail: { ...detail, hint },
    retryAfterSeconds: Math.max(1, Math.ceil(holdSeconds)),
  })
  return { fault, holdSeconds }
}
