import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { CONNECTION_SETTINGS, isConnectionKind } from '../connections/connection-kinds.ts'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { RecordOf } from '../connections/connection-repository.ts'
import { toConnectionView } from '../connections/connection-view.ts'
import type { ConnectionKind, ConnectionRecord } from '../connections/connection.ts'
import { issuerWarnings } from '../connections/issuer-warnings.ts'
import { createOidcSettings, oidcTestTarget } from '../connections/oidc-settings.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { noConnection, removeConnection } from '../connections/remove-connection.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import { testEntraConnection } from '../connections/test-entra-connection.ts'
import { testKubernetesConnection } from '../connections/test-kubernetes-connection.ts'
import { testOidcConnection } from '../connections/test-oidc-connection.ts'
import { createGuardedFetch } from '../http/guarded-fetch.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { AdminDeps } from './admin-deps.ts'
import { problem, refusalProblem } from './problem.ts'
import { readBody, readQuery, slugOf } from './read-input.ts'

const confirmation = z.strictObject({ confirmOrphans: z.enum(['true', 'false']).optional() })

const entraTarget = z.strictObject({ cloud: z.string().max(63).default('global'), tenantId: z.string().max(64) })

const NOTHING = 'There is nothing here'

type Deps = Pick<AdminDeps, 'clouds' | 'kubernetes' | 'fetch' | 'issuerFetch' | 'publicUrl' | 'resource' | 'now'>

export function connectionRoutes(editor: Editor, deps: Deps): Hono {
  const { clouds, kubernetes = NO_CLUSTERS, fetch, issuerFetch = createGuardedFetch(), publicUrl, resource, now } = deps
  const schemas = { ...CONNECTION_SETTINGS, oidc: createOidcSettings(resource) }
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
      const settings = await readBody(context, schemas[kind])
      if (settings instanceof Response) return settings
      const confirmOrphans = query.confirmOrphans === 'true'
      const view = await setConnection(editor, slugOf(context), settings, { clouds, kubernetes, confirmOrphans })
      if (isRefused(view)) return refusalProblem(context, view.refused)
      const warnings = settings.kind === 'oidc' ? issuerWarnings(settings.issuer, { clouds, publicUrl }) : []
      return context.json({ ...view, ...(warnings.length > 0 && { warnings }) })
    })
    .delete('/:kind', async (context) => {
      const kind = kindOf(context)
      if (kind === undefined) return problem(context, 404, NOTHING)
      const removed = await removeConnection(editor, slugOf(context), kind)
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    })
    .post('/entra/test', (context) =>
      runTest(context, editor, { kind: 'entra', schema: entraTarget }, (target) =>
        testEntraConnection(target, { clouds, fetch }),
      ),
    )
    .post('/oidc/test', (context) =>
      runTest(context, editor, { kind: 'oidc', schema: oidcTestTarget }, (target) =>
        testOidcConnection(target, issuerFetch),
      ),
    )
    .post('/kubernetes/test', (context) =>
      runTest(context, editor, { kind: 'kubernetes', schema: kubernetesSettings }, (target) =>
        testKubernetesConnection(target, slugOf(context), { kubernetes, now }),
      ),
    )
}

/** Tests what the body describes, before it is saved; without a body, what is saved. */
async function runTest<Kind extends ConnectionKind, Target extends object>(
  context: Context,
  editor: Editor,
  { kind, schema }: { kind: Kind; schema: z.ZodType<Target> },
  test: (target: Target | RecordOf<Kind>) => Promise<ConnectionTest | Refusal>,
): Promise<Response> {
  const hasBody = context.req.header('content-type') !== undefined
  const target = hasBody ? await readBody(context, schema) : await findConnection(editor, slugOf(context), kind)
  if (target instanceof Response) return target
  if (isRefused(target)) return refusalProblem(context, target.refused)
  const result = await test(target)
  return isRefused(result) ? refusalProblem(context, result.refused) : context.json(result)
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
