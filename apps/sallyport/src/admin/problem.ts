import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import type { RefusalReason } from '../teamspaces/refusal.ts'

/** What is wrong with one member of the input; `path` is dotted, empty for the whole. */
export interface FieldError {
  readonly path: string
  readonly says: string
}

/** Problem details (RFC 9457), the body of every answer that is not a success. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly errors?: readonly FieldError[]
}

const REFUSAL_STATUS = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  precondition_required: 428, // RFC 6585 §3
  too_large: 413,
} as const satisfies Record<RefusalReason['code'], ContentfulStatusCode>

/** At most this many, so that a hostile body is not answered with a larger one. */
const MAX_ERRORS = 20

export function problem(
  context: Context,
  status: ContentfulStatusCode,
  detail: string,
  errors?: readonly FieldError[],
): Response {
  const body: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail,
    ...(errors && { errors }),
  }
  return context.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' })
}

export function refusalProblem(context: Context, { code, field, says, errors }: RefusalReason): Response {
  const all = errors ?? (field === undefined ? undefined : [{ path: field, says }])
  return problem(context, REFUSAL_STATUS[code], says, all?.slice(0, MAX_ERRORS))
}

export function invalidProblem(context: Context, error: z.ZodError): Response {
  const errors = error.issues.flatMap((issue): FieldError[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key.slice(0, 100)].join('.'), says: 'is not known here' }))
      : [{ path: issue.path.join('.'), says: issue.message }],
  )
  return problem(context, 400, 'The input is not valid', errors.slice(0, MAX_ERRORS))
}
