import { Hono } from 'hono'
import type { ServerConfig } from '../config/config.ts'
import type { Store } from '../store/store.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { listKnownTools } from '../tools/list-known-tools.ts'
import { refusalProblem } from './problem.ts'
import { slugOf } from './read-input.ts'

/** What servers were heard to offer in a teamspace, for whoever writes its policy. */
export function toolRoutes({ db }: Store, servers: readonly ServerConfig[]): Hono {
  return new Hono().get('/', async (context) => {
    const teamspace = await teamspaceRepository(db).findBySlug(slugOf(context))
    if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
    return context.json({ servers: await listKnownTools(db, teamspace.id, servers) })
  })
}
