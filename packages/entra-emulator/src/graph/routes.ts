import { Hono, type Context } from 'hono'
import { directMembers, findGroup, findUser, transitiveMembers } from '../directory/directory.ts'
import type { Emulation } from '../emulation.ts'
import type { Group } from '../seed.ts'
import { mayReadGroups, mayReadUsers, toGroupEntity, toMemberEntity, toUserEntity } from './entities.ts'
import type { Entity } from './entities.ts'
import { getGraphCaller } from './graph-caller.ts'
import { getUser, odata, type GraphEnv } from './graph-context.ts'
import { badRequest, denied, GraphError, notFound, toGraphErrorBody } from './graph-error.ts'
import { GROUP_PROPERTIES, membershipRoutes } from './memberships.ts'
import { checkCast, checkSelect, select, toPage } from './odata.ts'

const USER_PROPERTIES = ['id', 'displayName', 'mail', 'userPrincipalName', 'accountEnabled', 'userType']
const EITHER = [...new Set([...USER_PROPERTIES, ...GROUP_PROPERTIES])]

/** The part of Microsoft Graph that answers "who is in which group". */
export function graphRoutes(emulation: Emulation): Hono<GraphEnv> {
  const routes = new Hono<GraphEnv>()
  routes.use(async (c, next) => {
    c.set('caller', await getGraphCaller(emulation, c.req.header('authorization')))
    return next()
  })
  userRoutes(routes)
  membershipRoutes(routes)
  groupRoutes(routes)
  routes.all('*', (c) => {
    throw new GraphError(404, 'ResourceNotFound', `The emulator has no '${c.req.path}'.`)
  })
  routes.onError((error, c) => {
    if (!(error instanceof GraphError)) throw error
    emulation.log(`${c.req.method} ${c.req.path}: ${error.code}`)
    return c.json(toGraphErrorBody(error, emulation.now(), c.req.header('client-request-id')), error.status)
  })
  return routes
}

function userRoutes(routes: Hono<GraphEnv>): void {
  routes.get('/v1.0/me', (c) => {
    const { tenant, userId } = c.get('caller')
    const user = userId === undefined ? undefined : findUser(tenant, userId)
    if (user === undefined) throw badRequest('/me needs a token of a user.')
    return single(c, toUserEntity(c.get('caller'), user), USER_PROPERTIES)
  })
  routes.get('/v1.0/users/:id', (c) => {
    if (!mayReadUsers(c.get('caller'))) throw denied()
    return single(c, toUserEntity(c.get('caller'), getUser(c)), USER_PROPERTIES)
  })
}

function groupRoutes(routes: Hono<GraphEnv>): void {
  routes.get('/v1.0/groups/:id', (c) => single(c, toGroupEntity(c.get('caller'), getGroup(c)), GROUP_PROPERTIES))
  routes.get('/v1.0/groups/:id/members', (c) => membersOf(c, directMembers, false))
  routes.get('/v1.0/groups/:id/members/microsoft.graph.user', (c) => membersOf(c, directMembers, true))
  routes.get('/v1.0/groups/:id/transitiveMembers', (c) => membersOf(c, transitiveMembers, false))
  routes.get('/v1.0/groups/:id/transitiveMembers/microsoft.graph.user', (c) => membersOf(c, transitiveMembers, true))
}

function single(c: Context<GraphEnv>, entity: Entity, known: readonly string[]) {
  const request = odata(c)
  checkSelect(request, known)
  return c.json(select(entity, request))
}

function getGroup(c: Context<GraphEnv>): Group {
  if (!mayReadGroups(c.get('caller'))) throw denied()
  const id = c.req.param('id') ?? ''
  const group = findGroup(c.get('caller').tenant, id.toLowerCase())
  if (group === undefined) throw notFound(id)
  return group
}

function membersOf(c: Context<GraphEnv>, walk: typeof directMembers, cast: boolean) {
  const request = odata(c)
  if (cast) checkCast(request)
  checkSelect(request, cast ? USER_PROPERTIES : EITHER)
  const caller = c.get('caller')
  const members = walk(caller.tenant, getGroup(c)).filter((member) => !cast || member.kind === 'user')
  return c.json(toPage(members.map((member) => toMemberEntity(caller, member)), request)) // prettier-ignore
}
