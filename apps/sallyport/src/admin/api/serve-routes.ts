import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Store } from '../../store/store.ts'
import { unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import { problem, refusalProblem } from '../problem.ts'
import { readBody, readQuery, slugOf } from '../read-input.ts'
import type { ApiRoute, ServedRoute } from './api-route.ts'
import { isAtLeast, memberOf } from './caller.ts'
import type { Caller, FindCaller } from './caller.ts'

export interface ServeDeps {
  readonly store: Store
  readonly now: () => number
  readonly findCaller: FindCaller
}

/** All routes, each behind the same checks in the same order: who asks, may they, is the input what the route takes. */
export function serveRoutes(routes: readonly ServedRoute[], deps: ServeDeps): Hono {
  const app = new Hono({ strict: false })
  for (const route of routes) app.on(route.method.toUpperCase(), route.path, (context) => serve(context, route, deps))
  return app
}

async function serve(context: Context, route: ServedRoute, { store, now, findCaller }: ServeDeps): Promise<Response> {
  const caller = await findCaller(context)
  if (caller instanceof Response) return caller
  const slug = slugOf(context)
  const refusal = refusalFor(context, route, caller, slug)
  if (refusal) return refusal
  const query = route.query ? readQuery(context, route.query) : undefined
  if (query instanceof Response) return query
  const body =
    route.body && !isLeftOut(context, route) ? await readBody(context, route.body, route.maxBytes) : undefined
  if (body instanceof Response) return body
  const editor = { store, now, actor: caller.name, memberId: memberOf(caller, slug)?.id }
  return route.handle({ context, caller, editor, slug, query: query as never, body: body as never })
}

/** Who is no member of a teamspace cannot tell it from one that is not there. */
function refusalFor(context: Context, { needs, path }: ApiRoute, caller: Caller, slug: string): Response | undefined {
  if (caller.kind === 'operator') return undefined
  if (path.includes('/:slug')) {
    const member = memberOf(caller, slug)
    if (!member) return refusalProblem(context, unknownTeamspace().refused)
    if (needs === 'account') return undefined
    if (needs !== 'operator' && isAtLeast(member.role, needs)) return undefined
    return problem(context, 403, needs === 'operator' ? OPERATOR_ONLY : `This needs the role ${needs}`)
  }
  return needs === 'account' ? undefined : problem(context, 403, OPERATOR_ONLY)
}

const OPERATOR_ONLY = 'Only who runs this Sallyport may do this'

const isLeftOut = (context: Context, { bodyOptional }: ApiRoute): boolean =>
  bodyOptional === true && context.req.header('content-type') === undefined
