import { Hono, type Context } from 'hono'
import { z } from 'zod'
import {
  directGroups,
  directMembers,
  findGroup,
  findUser,
  findUserByName,
  transitiveGroups,
  transitiveMembers,
} from '../directory/directory.ts'
import type { Emulation } from '../emulation.ts'
import type { EmulatorEnv } from '../http.ts'
import type { Group, Tenant, User } from '../seed.ts'
import { mayReadMemberships, mayReadUsers, toGroupEntity, toMemberEntity, toUserEntity } from './entities.ts'
import type { Entity } from './entities.ts'
import { getGraphCaller, type GraphCaller } from './graph-caller.ts'
import { badRequest, denied, GraphError, notFound, toGraphErrorBody } from './graph-error.ts'
import { checkCast, checkSelect, readODataRequest, select, toPage } from './odata.ts'

type GraphEnv = EmulatorEnv & { Variables: { caller: GraphCaller } }

const USER_PROPERTIES = ['id', 'displayName', 'mail', 'userPrincipalName', 'accountEnabled', 'userType']
const GROUP_PROPERTIES = ['id', 'displayName', 'securityEnabled', 'mailEnabled', 'groupTypes']
const EITHER = [...new Set([...USER_PROPERTIES, ...GROUP_PROPERTIES])]
const MAX_GROUPS_TO_CHECK = 20

/** The part of Microsoft Graph that answers "who is in which group". */
export function graphRoutes(emulation: Emulation): Hono<GraphEnv> {
  const routes = new Hono<GraphEnv>()
  routes.use(async (c, next) => {
    c.set('caller', await getGraphCaller(emulation, c.req.header('authorization')))
    return next()
  })
  userRoutes(routes)
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
  routes.get('/v1.0/users/:id/memberOf', (c) => groupsOf(c, directGroups, false))
  routes.get('/v1.0/users/:id/memberOf/microsoft.graph.group', (c) => groupsOf(c, directGroups, true))
  routes.get('/v1.0/users/:id/transitiveMemberOf', (c) => groupsOf(c, transitiveGroups, false))
  routes.get('/v1.0/users/:id/transitiveMemberOf/microsoft.graph.group', (c) => groupsOf(c, transitiveGroups, true))
  routes.post('/v1.0/users/:id/getMemberGroups', async (c) => {
    const { securityEnabledOnly } = await readBody(c, z.object({ securityEnabledOnly: z.boolean() }))
    const groups = membershipsOf(c, transitiveGroups).filter((group) => group.securityEnabled || !securityEnabledOnly)
    return c.json({ value: groups.map((group) => group.id) })
  })
  routes.post('/v1.0/users/:id/checkMemberGroups', async (c) => {
    const { groupIds } = await readBody(c, z.object({ groupIds: z.array(z.string()).max(MAX_GROUPS_TO_CHECK) }))
    const held = membershipsOf(c, transitiveGroups).map((group) => group.id)
    return c.json({ value: groupIds.filter((id) => held.includes(id)) })
  })
}

function groupRoutes(routes: Hono<GraphEnv>): void {
  routes.get('/v1.0/groups/:id', (c) => single(c, toGroupEntity(getGroup(c)), GROUP_PROPERTIES))
  routes.get('/v1.0/groups/:id/members', (c) => membersOf(c, directMembers, false))
  routes.get('/v1.0/groups/:id/members/microsoft.graph.user', (c) => membersOf(c, directMembers, true))
  routes.get('/v1.0/groups/:id/transitiveMembers', (c) => membersOf(c, transitiveMembers, false))
  routes.get('/v1.0/groups/:id/transitiveMembers/microsoft.graph.user', (c) => membersOf(c, transitiveMembers, true))
}

const odata = (c: Context<GraphEnv>) => readODataRequest(new URL(c.req.url), c.req.header('consistencylevel'))

function single(c: Context<GraphEnv>, entity: Entity, known: readonly string[]) {
  const request = odata(c)
  checkSelect(request, known)
  return c.json(select(entity, request))
}

function getUser(c: Context<GraphEnv>): User {
  const { tenant } = c.get('caller')
  const id = c.req.param('id') ?? ''
  const user = findUser(tenant, id.toLowerCase()) ?? findUserByName(tenant, id)
  if (user === undefined) throw notFound(id)
  return user
}

function getGroup(c: Context<GraphEnv>): Group {
  if (!mayReadMemberships(c.get('caller'))) throw denied()
  const id = c.req.param('id') ?? ''
  const group = findGroup(c.get('caller').tenant, id.toLowerCase())
  if (group === undefined) throw notFound(id)
  return group
}

function membershipsOf(c: Context<GraphEnv>, walk: (tenant: Tenant, id: string) => Group[]): Group[] {
  if (!mayReadMemberships(c.get('caller'))) throw denied()
  return walk(c.get('caller').tenant, getUser(c).id)
}

function groupsOf(c: Context<GraphEnv>, walk: (tenant: Tenant, id: string) => Group[], cast: boolean) {
  const request = odata(c)
  if (cast) checkCast(request)
  checkSelect(request, GROUP_PROPERTIES)
  const groups = membershipsOf(c, walk)
  return c.json(toPage(groups.map((group) => ({ '@odata.type': '#microsoft.graph.group', ...toGroupEntity(group) })), request)) // prettier-ignore
}

function membersOf(c: Context<GraphEnv>, walk: typeof directMembers, cast: boolean) {
  const request = odata(c)
  if (cast) checkCast(request)
  checkSelect(request, cast ? USER_PROPERTIES : EITHER)
  const caller = c.get('caller')
  const members = walk(caller.tenant, getGroup(c)).filter((member) => !cast || member.kind === 'user')
  return c.json(toPage(members.map((member) => toMemberEntity(caller, member)), request)) // prettier-ignore
}

async function readBody<T>(c: Context<GraphEnv>, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined))
  if (!parsed.success) throw badRequest('The body is not what this action takes.')
  return parsed.data
}
