import { Hono } from 'hono'
import { z } from 'zod'
import { listAudit } from '../audit/audit-repository.ts'
import type { Store } from '../store/store.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { refusalProblem } from './problem.ts'
import { readQuery } from './read-input.ts'

const filter = z.strictObject({
  /** Slug of a teamspace that still exists; without it, the rows of all, removed ones included. */
  teamspace: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.uuid().optional(),
})

export function auditRoutes({ db }: Store): Hono {
  return new Hono().get('/', async (context) => {
    const query = readQuery(context, filter)
    if (query instanceof Response) return query
    const { teamspace: slug, limit, before } = query
    const teamspace = slug === undefined ? undefined : await teamspaceRepository(db).findBySlug(slug)
    if (slug !== undefined && !teamspace) return refusalProblem(context, unknownTeamspace().refused)
    return context.json({ events: await listAudit(db, { teamspaceId: teamspace?.id, limit, before }) })
  })
}
