import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Store } from '../../store/store.ts'
import { unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../../teamspaces/teamspace-repository.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'
import { problem, refusalProblem } from '../problem.ts'
import { readBody, readQuery, slugOf } from '../read-input.ts'
import type { ApiRoute, ServedRoute } from './api-route.ts'
import { memberOf, membershipOf } from './caller.ts'
import type { Caller, FindCaller } from './caller.ts'
import { readIfMatch } from './if-match.ts'
import type { IfMatch } from './if-match.ts'
import { refusalFor, stillMay } from './may-use.ts'

export interface ServeDeps {
  readonly store: Store
  readonly now: () => number
  readonly findCaller: FindCaller
}

/** All routes, each behind the same checks in the same order: who asks, may they, is the input what the route takes. */
export function serveRoutes(routes: readonly ServedRoute[], deps: ServeDeps): Hono {
  const app = new Hono({ strict: false })
  for (const route of routes) app.on(route.method.toUpperCase(), route.path, (context) => serve(context, route, deps))
  // Whoever may see nothing does not learn either what there is to be seen.
  return app.all('*', async (context) => {
    const caller = await deps.findCaller(context)
    return caller instanceof Response ? caller : problem(context, 404, 'There is nothing here')
  })
}

async function serve(context: Context, route: ServedRoute, { store, now, findCaller }: ServeDeps): Promise<Response> {
  const caller = await findCaller(context)
  if (caller instanceof Response) return caller
  const slug = slugOf(context)
  const refusal = refusalFor(context, route, { caller, slug })
  if (refusal) return refusal
  const teamspace = route.path.includes('/:slug') ? await findTeamspace(store, caller, slug) : undefined
  if (!teamspace && route.path.includes('/:slug')) return refusalProblem(context, unknownTeamspace().refused)
  const input = await readInput(context, route)
  if (input instanceof Response) return input
  const member = memberOf(caller, slug)
  // As the teamspace knows them: what another one calls them is none of its business.
  const actor = member?.email ?? caller.name
  const editor = { store, now, actor, memberId: member?.id, check: stillMay(member?.id, route.needs) }
  return route.handle({ context, caller, editor, slug, teamspace: teamspace as never, ...input })
}

const findTeamspace = async (store: Store, caller: Caller, slug: string): Promise<Teamspace | undefined> =>
  membershipOf(caller, slug)?.teamspace ?? teamspaceRepository(store.db).findBySlug(slug)

interface Input {
  readonly ifMatch: IfMatch
  readonly query: never
  readonly body: never
}

async function readInput(context: Context, route: ApiRoute): Promise<Input | Response> {
  const ifMatch = route.versioned && route.method !== 'get' ? readIfMatch(context) : undefined
  if (ifMatch instanceof Response) return ifMatch
  const query = route.query ? readQuery(context, route.query) : undefined
  if (query instanceof Response) return query
  const body =
    route.body && !isLeftOut(context, route) ? await readBody(context, route.body, route.maxBytes) : undefined
  if (body instanceof Response) return body
  return { ifMatch, query: query as never, body: body as never }
}

const isLeftOut = (context: Context, { bodyOptional }: ApiRoute): boolean =>
  bodyOptional === true && context.req.header('content-type') === undefined
