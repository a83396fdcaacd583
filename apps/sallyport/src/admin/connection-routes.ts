import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { connectionRepository } from '../connections/connection-repository.ts'
import { toConnectionView } from '../connections/connection-view.ts'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import { entraSettings } from '../connections/entra-settings.ts'
import { removeConnection } from '../connections/remove-connection.ts'
import { setEntraConnection } from '../connections/set-entra-connection.ts'
import { testConnection } from '../connections/test-connection.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { AdminDeps } from './admin-deps.ts'
import { refusalProblem } from './problem.ts'
import { readBody, readQuery, slugOf } from './read-input.ts'

const confirmation = z.strictObject({ confirmOrphans: z.enum(['true', 'false']).optional() })

/** What to test before it is saved; nothing to test what is saved. */
const testTarget = z.strictObject({ cloud: z.string().max(63).default('global'), tenantId: z.string().max(64) })

export function connectionRoutes(editor: Editor, { clouds, fetch }: Pick<AdminDeps, 'clouds' | 'fetch'>): Hono {
  const saved = (context: Context) => findSaved(editor, slugOf(context))
  return new Hono()
    .get('/', async (context) => {
      const found = await saved(context)
      return isRefused(found) ? refusalProblem(context, found.refused) : context.json(toConnectionView(found))
    })
    .put('/', async (context) => {
      const query = readQuery(context, confirmation)
      if (query instanceof Response) return query
      const settings = await readBody(context, entraSettings)
      if (settings instanceof Response) return settings
      const confirmOrphans = query.confirmOrphans === 'true'
      const view = await setEntraConnection(editor, slugOf(context), settings, { clouds, confirmOrphans })
      return isRefused(view) ? refusalProblem(context, view.refused) : context.json(view)
    })
    .delete('/', async (context) => {
      const removed = await removeConnection(editor, slugOf(context))
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    })
    .post('/test', async (context) => {
      const hasBody = context.req.header('content-type') !== undefined
      const target = hasBody ? await readBody(context, testTarget) : await saved(context)
      if (target instanceof Response) return target
      if (isRefused(target)) return refusalProblem(context, target.refused)
      const result = await testConnection(target, { clouds, fetch })
      return isRefused(result) ? refusalProblem(context, result.refused) : context.json(result)
    })
}

async function findSaved({ store }: Editor, slug: string): Promise<EntraConnectionRecord | Refusal> {
  const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const found = await connectionRepository(store.db, store.sealer, teamspace.id).find('entra')
  return found ?? refuse({ code: 'not_found', says: 'This teamspace has no connection' })
}
