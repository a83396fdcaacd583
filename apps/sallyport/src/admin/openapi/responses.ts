import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { AnswerBody } from '../api/api-route.ts'
import type { Problem } from '../problem.ts'
import { viewOf } from '../views/view-of.ts'
import type { DocumentedRoute } from './documented-route.ts'
import type { JsonSchemas } from './json-schemas.ts'

const problemView = viewOf<Problem>()(
  z.strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), says: z.string() }))
      .describe('What is wrong with which member of the input, by its dotted path; empty for the whole.')
      .exactOptional(),
  }),
).meta({ id: 'Problem', description: 'Problem details (RFC 9457).' })

const oauthError = z
  .strictObject({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError', description: 'RFC 6749 §5.2.' })

/** Everything that a route can answer. What went wrong on our side is the default. */
export function responsesOf(route: DocumentedRoute, schemas: JsonSchemas): object {
  const answers = Object.entries(route.answers).map(([status, body]) => [
    status,
    {
      description: STATUS_CODES[status] ?? '',
      ...(route.versioned && route.method !== 'delete' && { headers: { ETag: HEADERS.ETag } }),
      ...contentOf([body].flat(), schemas),
    },
  ])
  const problems = problemsOf(route).map((status) => [status, problemResponse(status, route, schemas)])
  return {
    ...Object.fromEntries([...answers, ...problems]),
    default: { description: 'Something went wrong', ...problemContent(schemas) },
  }
}

/** Everything but faults of ours. */
export const statusesOf = (route: DocumentedRoute): number[] => [
  ...Object.keys(route.answers).map(Number),
  ...problemsOf(route),
]

/** Statuses of what a caller can do wrong. */
function problemsOf(route: DocumentedRoute): number[] {
  const { path, needs, query, body, takes, method, versioned, problems = [], security } = route
  const takesBody = body !== undefined || takes !== undefined
  const takesIfMatch = versioned === true && method !== 'get'
  const follows: readonly [number, boolean][] = [
    [400, query !== undefined || takesBody || takesIfMatch],
    [401, security?.length !== 0],
    [403, needs !== 'account'],
    [404, path.includes('/:')],
    [412, takesIfMatch],
    [413, takesBody && route.errors === undefined],
    [415, takesBody && route.errors === undefined],
    [429, security?.length !== 0], // addresses that guess
  ]
  const statuses = follows.flatMap(([status, isPossible]) => (isPossible ? [status] : []))
  return [...new Set([...statuses, ...problems])].sort()
}

function problemResponse(status: number, { errors }: DocumentedRoute, schemas: JsonSchemas): object {
  const description = STATUS_CODES[status] ?? ''
  if (status === 400 && errors === 'oauth') return { description, ...contentOf([oauthError], schemas) }
  const headers =
    status === 401 ? { 'WWW-Authenticate': HEADERS['WWW-Authenticate'] } : status === 429 ? RETRY_AFTER : undefined
  return { description, ...(headers && { headers }), ...problemContent(schemas) }
}

const HEADERS = {
  ETag: { description: 'The version, for `If-Match`.', schema: { type: 'string' } },
  'WWW-Authenticate': { description: 'RFC 6750 §3.', schema: { type: 'string' } },
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }

const problemContent = (schemas: JsonSchemas) => ({
  content: { 'application/problem+json': { schema: schemas.answered(problemView) } },
})

function contentOf(bodies: readonly AnswerBody[], schemas: JsonSchemas): object {
  const content = bodies.flatMap((body): [string, object][] => {
    if (body === 'nothing') return []
    if (body instanceof z.ZodType) return [['application/json', { schema: schemas.answered(body) }]]
    return [[body.mediaType, {}]]
  })
  return content.length > 0 ? { content: Object.fromEntries(content) } : {}
}
