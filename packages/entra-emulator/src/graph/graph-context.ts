import type { Context } from 'hono'
import { findServicePrincipal, findUser, findUserByName } from '../directory/directory.ts'
import type { EmulatorEnv } from '../http.ts'
import type { AppRegistration, User } from '../seed.ts'
import type { GraphCaller } from './graph-caller.ts'
import { notFound } from './graph-error.ts'
import { readODataRequest } from './odata.ts'

export type GraphEnv = EmulatorEnv & { Variables: { caller: GraphCaller } }

export const odata = (c: Context<GraphEnv>) => readODataRequest(new URL(c.req.url), c.req.header('consistencylevel'))

export function getUser(c: Context<GraphEnv>): User {
  const { tenant } = c.get('caller')
  const id = c.req.param('id') ?? ''
  const user = findUser(tenant, id.toLowerCase()) ?? findUserByName(tenant, id)
  if (user === undefined) throw notFound(id)
  return user
}

export function getServicePrincipal(c: Context<GraphEnv>): AppRegistration {
  const id = c.req.param('id') ?? ''
  const app = findServicePrincipal(c.get('caller').tenant, id.toLowerCase())
  if (app === undefined) throw notFound(id)
  return app
}
