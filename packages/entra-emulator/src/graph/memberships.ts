import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { directGroups, transitiveGroups } from '../directory/directory.ts'
import type { Group } from '../seed.ts'
import { mayReadMembershipsOf, toGroupEntity } from './entities.ts'
import { getServicePrincipal, getUser, odata, type GraphEnv } from './graph-context.ts'
import { badRequest, denied, GraphError } from './graph-error.ts'
import { checkCast, checkSelect, toPage } from './odata.ts'

export const GROUP_PROPERTIES = ['id', 'displayName', 'securityEnabled', 'mailEnabled', 'groupTypes']
const MAX_GROUPS_TO_CHECK = 20
const MAX_MEMBER_GROUPS = 11_000

type Walk = typeof directGroups
type Memberships = (c: Context<GraphEnv>, walk: Walk) => Group[]

/** Which groups a person is in, and which an application. */
export function membershipRoutes(routes: Hono<GraphEnv>): void {
  routesBelow(routes, '/v1.0/users/:id', (c, walk) => {
    if (!mayReadMembershipsOf(c.get('caller'), 'user')) throw denied()
    return walk(c.get('caller').tenant, getUser(c).id)
  })
  routesBelow(routes, '/v1.0/servicePrincipals/:id', (c, walk) => {
    if (!mayReadMembershipsOf(c.get('caller'), 'servicePrincipal')) throw denied()
    return walk(c.get('caller').tenant, getServicePrincipal(c).objectId)
  })
}

function routesBelow(routes: Hono<GraphEnv>, path: string, membershipsOf: Memberships): void {
  const list = (name: string, walk: Walk) => {
    routes.get(`${path}/${name}`, (c) => groupsPage(c, membershipsOf, { walk, cast: false }))
    routes.get(`${path}/${name}/microsoft.graph.group`, (c) => groupsPage(c, membershipsOf, { walk, cast: true }))
  }
  list('memberOf', directGroups)
  list('transitiveMemberOf', transitiveGroups)
  routes.post(`${path}/getMemberGroups`, async (c) => {
    const { securityEnabledOnly } = await readBody(c, z.object({ securityEnabledOnly: z.boolean() }))
    const groups = membershipsOf(c, transitiveGroups).filter((group) => group.securityEnabled || !securityEnabledOnly)
    if (groups.length > MAX_MEMBER_GROUPS)
      throw new GraphError(400, 'Directory_ResultSizeLimitExceeded', `More than ${MAX_MEMBER_GROUPS} groups.`)
    return c.json({ value: groups.map((group) => group.id) })
  })
  routes.post(`${path}/checkMemberGroups`, async (c) => {
    const { groupIds } = await readBody(c, z.object({ groupIds: z.array(z.string()).max(MAX_GROUPS_TO_CHECK) }))
    const held = membershipsOf(c, transitiveGroups).map((group) => group.id)
    return c.json({ value: groupIds.filter((id) => held.includes(id)) })
  })
}

function groupsPage(
  c: Context<GraphEnv>,
  membershipsOf: Memberships,
  { walk, cast }: { readonly walk: Walk; readonly cast: boolean },
) {
  const request = odata(c)
  if (cast) checkCast(request)
  checkSelect(request, GROUP_PROPERTIES)
  const type = { '@odata.type': '#microsoft.graph.group' }
  const groups = membershipsOf(c, walk).map((group) => ({ ...type, ...toGroupEntity(c.get('caller'), group) }))
  return c.json(toPage(groups, request))
}

async function readBody<T>(c: Context<GraphEnv>, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined))
  if (!parsed.success) throw badRequest('The body is not what this action takes.')
  return parsed.data
}
