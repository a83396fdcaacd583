import type { Context } from 'hono'
import type { z } from 'zod'
import { readBounded } from '../http/read-bounded.ts'
import { invalidProblem, problem } from './problem.ts'

/**
 * The teamspace that a path names, or its member. What cannot be a slug or an id is answered as empty: it names nothing,
 * and the database need not be asked with a stranger's characters.
 */
export const slugOf = (context: Context): string => paramOf(context, 'slug', /^[a-z0-9-]{1,63}$/)
export const memberIdOf = (context: Context): string => paramOf(context, 'id', /^[0-9a-f-]{36}$/)
export const tokenIdOf = memberIdOf

function paramOf(context: Context, name: string, pattern: RegExp): string {
  const value = context.req.param(name) ?? ''
  return pattern.test(value) ? value : ''
}

const MAX_BODY_BYTES = 64 * 1024

/** The body as `schema` describes it, or the answer that says what is wrong with it. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  maxBytes = MAX_BODY_BYTES,
): Promise<z.output<Schema> | Response> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') return problem(context, 415, 'The body must be application/json')
  const bytes = await readBounded(context.req.raw.body, maxBytes)
  if (bytes === undefined) return problem(context, 413, 'The body is too large')
  let body: unknown
  try {
    body = JSON.parse(bytes.toString())
  } catch {
    return problem(context, 400, 'The body is not JSON')
  }
  const result = schema.safeParse(body)
  return result.success ? result.data : invalidProblem(context, result.error)
}

/** The query parameters as `schema` describes them; one that is given twice is refused. */
export function readQuery<Schema extends z.ZodType>(context: Context, schema: Schema): z.output<Schema> | Response {
  const all = Object.entries(context.req.queries())
  const twice = all.find(([, values]) => values.length > 1)
  if (twice)
    return problem(context, 400, 'A query parameter is given twice', [{ path: twice[0], says: 'is given twice' }])
  const result = schema.safeParse(Object.fromEntries(all.map(([name, [value]]) => [name, value])))
  return result.success ? result.data : invalidProblem(context, result.error)
}
