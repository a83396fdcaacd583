import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { CONNECTION_SETTINGS, isConnectionKind } from '../connections/connection-kinds.ts'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { RecordOf } from '../connections/connection-repository.ts'
import { toConnectionView } from '../connections/connection-view.ts'
import type { ConnectionKind, ConnectionRecord } from '../connections/connection.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { noConnection, removeConnection } from '../connections/remove-connection.ts'
import { setConnection } from '../connections/set-connection.ts'
import { testEntraConnection } from '../connections/test-entra-connection.ts'
import { testKubernetesConnection } from '../connections/test-kubernetes-connection.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { AdminDeps } from './admin-deps.ts'
import { problem, refusalProblem } from './problem.ts'
import { readBody, readQuery, slugOf } from './read-input.ts'

const confirmation = z.strictObject({ confirmOrphans: z.enum(['true', 'false']).optional() })

/** What to test before it is saved; nothing to test what is saved. */
const testTarget = z.strictObject({ cloud: z.string().max(63).default('global'), tenantId: z.string().max(64) })

const NOTHING = 'There is nothing here'

type Deps = Pick<AdminDeps, 'clouds' | 'kubernetes' | 'fetch' | 'now'>

export function connectionRoutes(editor: Editor, { clouds, kubernetes = NO_CLUSTERS, fetch, now }: Deps): Hono {
  return new Hono()
    .get('/', async (context) => {
      const found = await listConnections(editor, slugOf(context))
      if (isRefused(found)) return refusalProblem(context, found.refused)
      return context.json({ connections: found.map((record) => toConnectionView(record)) })
    })
    .get('/:kind', async (context) => {
      const kind = kindOf(context)
      if (kind === undefined) return problem(context, 404, NOTHING)
      const found = await findConnection(editor, slugOf(context), kind)
      return isRefused(found) ? refusalProblem(context, found.refused) : context.json(toConnectionView(found))
    })
    .put('/:kind', async (context) => {
      const kind = kindOf(context)
      if (kind === undefined) return problem(context, 404, NOTHING)
      const query = readQuery(context, confirmation)
      if (query instanceof Response) return query
      const settings = await readBody(context, CONNECTION_SETTINGS[kind])
      if (settings instanceof Response) return settings
      const confirmOrphans = query.confirmOrphans === 'true'
      const view = await setConnection(editor, slugOf(context), settings, { clouds, kubernetes, confirmOrphans })
      return isRefused(view) ? refusalProblem(context, view.refused) : context.json(view)
    })
    .delete('/:kind', async (context) => {
      const kind = kindOf(context)
      if (kind === undefined) return problem(context, 404, NOTHING)
      const removed = await removeConnection(editor, slugOf(context), kind)
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    })
    .post('/entra/test', async (context) => {
      const hasBody = context.req.header('content-type') !== undefined
      const target = hasBody
        ? await readBody(context, testTarget)
        : await findConnection(editor, slugOf(context), 'entra')
      if (target instanceof Response) return target
      if (isRefused(target)) return refusalProblem(context, target.refused)
      const result = await testEntraConnection(target, { clouds, fetch })
      return isRefused(result) ? refusalProblem(context, result.refused) : context.json(result)
    })
    .post('/kubernetes/test', async (context) => {
      const hasBody = context.req.header('content-type') !== undefined
      const slug = slugOf(context)
      const target = hasBody
        ? await readBody(context, kubernetesSettings)
        : await findConnection(editor, slug, 'kubernetes')
      if (target instanceof Response) return target
      if (isRefused(target)) return refusalProblem(context, target.refused)
      const result = await testKubernetesConnection(target, slug, { kubernetes, fetch, now })
      return isRefused(result) ? refusalProblem(context, result.refused) : context.json(result)
    })
}

function kindOf(context: Context): ConnectionKind | undefined {
  const kind = context.req.param('kind') ?? ''
  return isConnectionKind(kind) ? kind : undefined
}

async function listConnections({ store }: Editor, slug: string): Promise<ConnectionRecord[] | Refusal> {
  const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
  return teamspace ? connectionRepository(store.db, store.sealer, teamspace.id).list() : unknownTeamspace()
}

async function findConnection<Kind extends ConnectionKind>(
  { store }: Editor,
  slug: string,
  kind: Kind,
): Promise<RecordOf<Kind> | Refusal> {
  const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  return (await connectionRepository(store.db, store.sealer, teamspace.id).find(kind)) ?? noConnection(kind)
}
