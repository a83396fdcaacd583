import { z } from 'zod'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { RecordOf } from '../connections/connection-repository.ts'
import { connectionTestRepository } from '../connections/connection-test-repository.ts'
import type { ConnectionKind } from '../connections/connection.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { oidcTestTarget } from '../connections/oidc-settings.ts'
import { noConnection } from '../connections/remove-connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import { testEntraConnection } from '../connections/test-entra-connection.ts'
import { testKubernetesConnection } from '../connections/test-kubernetes-connection.ts'
import { testOidcConnection } from '../connections/test-oidc-connection.ts'
import { testGraph } from '../groups/test-graph.ts'
import { createGuardedFetch } from '../http/guarded-fetch.ts'
import { asksForGroups } from '../policies/asks-for-groups.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { refusalProblem } from './problem.ts'
import { connectionTest } from './views/connection-views.ts'

const entraTarget = z.strictObject({ cloud: z.string().max(63).default('global'), tenantId: z.string().max(64) })

/** Whether the identity provider is what it is said to be. Of what is saved the result is kept; nothing else is. */
export function connectionTestRoutes(deps: AdminDeps): readonly ServedRoute[] {
  const { store, clouds, kubernetes = NO_CLUSTERS, fetch, issuerFetch = createGuardedFetch(), now } = deps
  return [
    testRoute(deps, {
      kind: 'entra',
      body: entraTarget,
      example: { tenantId: 'aaaaaaaa-0000-4000-8000-000000000001' },
      test: async (target, { id }) => {
        const result = await testEntraConnection(target, { clouds, fetch })
        if (!('kind' in target)) return result // the client's credential is needed for the rest
        const usesGroups = () => asksForGroups(store.db, id)
        return isRefused(result) ? result : testGraph(target, result, { clouds, fetch, now, usesGroups })
      },
    }),
    testRoute(deps, {
      kind: 'oidc',
      body: oidcTestTarget,
      example: { issuer: 'https://id.acme.example' },
      test: (target) => testOidcConnection(target, issuerFetch),
    }),
    testRoute(deps, {
      kind: 'kubernetes',
      body: kubernetesSettings,
      example: { kind: 'kubernetes', cluster: 'production' },
      test: (target, { slug }) => testKubernetesConnection(target, slug, { kubernetes, now }),
    }),
  ]
}

interface Tested<Kind extends ConnectionKind, Target extends object> {
  readonly kind: Kind
  readonly body: z.ZodType<Target>
  readonly example: object
  test(target: Target | RecordOf<Kind>, teamspace: Teamspace): Promise<ConnectionTest | Refusal>
}

/** Tests what the body describes, before it is saved; without a body, what is saved. */
function testRoute<Kind extends ConnectionKind, Target extends object>(
  { store: { db, sealer }, now }: Pick<AdminDeps, 'store' | 'now'>,
  { kind, body, example, test }: Tested<Kind, Target>,
): ServedRoute {
  return apiRoute(
    {
      method: 'post',
      path: `/teamspaces/:slug/connections/${kind as ConnectionKind}/test` as const,
      needs: 'admin',
      summary: `Test the settings of ${kind === 'kubernetes' ? 'a' : 'an'} ${kind} connection, or those that are saved`,
      body: body as z.ZodType<Target | undefined>,
      bodyOptional: true,
      example,
      answers: { 200: connectionTest },
      problems: [404],
    },
    async ({ context, editor, teamspace, body: given }) => {
      const saved = given ? undefined : await connectionRepository(db, sealer, teamspace.id).find(kind)
      const target = given ?? saved
      if (!target) return refusalProblem(context, noConnection(kind).refused)
      const result = await test(target, teamspace)
      if (isRefused(result)) return refusalProblem(context, result.refused)
      const run = { at: now(), by: editor.actor, result }
      if (saved) await connectionTestRepository(db, teamspace.id).save(saved, run)
      return context.json(result)
    },
  )
}
