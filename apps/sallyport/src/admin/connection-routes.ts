import { z } from 'zod'
import { CONNECTION_SETTINGS } from '../connections/connection-kinds.ts'
import type { ConnectionSettings } from '../connections/connection-kinds.ts'
import { connectionRepository } from '../connections/connection-repository.ts'
import { connectionTestRepository } from '../connections/connection-test-repository.ts'
import { toConnectionView } from '../connections/connection-view.ts'
import type { ConnectionKind } from '../connections/connection.ts'
import { issuerWarnings } from '../connections/issuer-warnings.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { createOidcSettings } from '../connections/oidc-settings.ts'
import { noConnection, removeConnection } from '../connections/remove-connection.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { LastTest } from '../connections/test-connection.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { answerTagged, onlyIfMatches } from './api/if-match.ts'
import type { IfMatch } from './api/if-match.ts'
import { connectionTestRoutes } from './connection-test-routes.ts'
import { refusalProblem } from './problem.ts'
import { CONNECTION_VIEWS, connectionList, SAVED_VIEWS } from './views/connection-views.ts'

const confirmation = z.strictObject({ confirmOrphans: z.enum(['true', 'false']).optional() })

const KINDS = ['entra', 'oidc', 'kubernetes'] as const satisfies readonly ConnectionKind[]

const EXAMPLES: Readonly<Record<ConnectionKind, object>> = {
  entra: {
    kind: 'entra',
    tenantId: 'aaaaaaaa-0000-4000-8000-000000000001',
    audience: 'bbbbbbbb-0000-4000-8000-000000000001',
    requiredScope: 'Mcp.Gateway.Access',
  },
  oidc: { kind: 'oidc', issuer: 'https://id.acme.example', audience: 'https://mcp.example/mcp' },
  kubernetes: { kind: 'kubernetes', cluster: 'production' },
}

/** How a teamspace's people prove themselves: at most one connection of each kind. */
export function connectionRoutes(deps: AdminDeps): readonly ServedRoute[] {
  const { db, sealer } = deps.store
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/connections',
        needs: 'admin',
        summary: 'The connections of a teamspace, at most one of each kind',
        answers: { 200: connectionList },
      },
      async ({ context, teamspace }) => {
        const found = await connectionRepository(db, sealer, teamspace.id).list()
        const tests = await connectionTestRepository(db, teamspace.id).list()
        const views = found.map((record) => ({ ...toConnectionView(record), ...shown(tests.get(record.kind)) }))
        return context.json({ connections: views })
      },
    ),
    ...KINDS.flatMap((kind) => [getRoute(kind, deps), putRoute(kind, deps), deleteRoute(kind)]),
    ...connectionTestRoutes(deps),
  ]
}

const shown = (lastTest: LastTest | undefined) => (lastTest ? { lastTest } : {})

const pathOf = (kind: ConnectionKind) => `/teamspaces/:slug/connections/${kind}` as const

function getRoute(kind: ConnectionKind, { store }: AdminDeps): ServedRoute {
  return apiRoute(
    {
      method: 'get',
      path: pathOf(kind),
      needs: 'admin',
      summary: `The ${kind} connection, without its secrets`,
      answers: { 200: CONNECTION_VIEWS[kind] },
      versioned: true,
    },
    async ({ context, teamspace }) => {
      const found = await connectionRepository(store.db, store.sealer, teamspace.id).find(kind)
      if (!found) return refusalProblem(context, noConnection(kind).refused)
      // Beside what the tag is of: who tests a connection must not stand in the way of who edits it.
      const lastTest = await connectionTestRepository(store.db, teamspace.id).find(kind)
      return answerTagged(context, toConnectionView(found), shown(lastTest))
    },
  )
}

function putRoute(kind: ConnectionKind, deps: AdminDeps): ServedRoute {
  const { clouds, kubernetes = NO_CLUSTERS, publicUrl, resource } = deps
  const schemas = { ...CONNECTION_SETTINGS, oidc: createOidcSettings(resource) }
  const body: z.ZodType<ConnectionSettings> = schemas[kind]
  return apiRoute(
    {
      method: 'put',
      path: pathOf(kind),
      needs: 'admin',
      summary: `Set the ${kind} connection; a credential that is left out is kept`,
      query: confirmation,
      exampleQuery: { confirmOrphans: 'true' },
      body,
      example: EXAMPLES[kind],
      answers: { 200: SAVED_VIEWS[kind] },
      problems: [409],
      versioned: true,
    },
    async ({ context, editor, slug, query, body: settings, ifMatch }) => {
      const confirmOrphans = query.confirmOrphans === 'true'
      const options = { clouds, kubernetes, confirmOrphans }
      const view = await setConnection(matching(editor, kind, ifMatch), slug, settings, options)
      if (isRefused(view)) return refusalProblem(context, view.refused)
      const warnings = settings.kind === 'oidc' ? issuerWarnings(settings.issuer, { clouds, publicUrl }) : []
      return answerTagged(context, view, warnings.length > 0 ? { warnings } : {})
    },
  )
}

function deleteRoute(kind: ConnectionKind): ServedRoute {
  return apiRoute(
    {
      method: 'delete',
      path: pathOf(kind),
      needs: 'admin',
      summary: `Remove the ${kind} connection with all whom it let in`,
      answers: { 200: z.strictObject({ removedMembers: z.int() }) },
      problems: [404, 409],
      versioned: true,
    },
    async ({ context, editor, slug, ifMatch }) => {
      const removed = await removeConnection(matching(editor, kind, ifMatch), slug, kind)
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    },
  )
}

const matching = (editor: Editor, kind: ConnectionKind, ifMatch: IfMatch): Editor =>
  onlyIfMatches(editor, ifMatch, async ({ tx, teamspace }) => {
    const found = await connectionRepository(tx.db, editor.store.sealer, teamspace.id).find(kind)
    return found && toConnectionView(found)
  })
