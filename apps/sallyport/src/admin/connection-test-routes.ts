import { z } from 'zod'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { RecordOf } from '../connections/connection-repository.ts'
import type { ConnectionKind } from '../connections/connection.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { oidcTestTarget } from '../connections/oidc-settings.ts'
import { noConnection } from '../connections/remove-connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import { testEntraConnection } from '../connections/test-entra-connection.ts'
import { testKubernetesConnection } from '../connections/test-kubernetes-connection.ts'
import { testOidcConnection } from '../connections/test-oidc-connection.ts'
import { createGuardedFetch } from '../http/guarded-fetch.ts'
import type { Store } from '../store/store.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { refusalProblem } from './problem.ts'
import { connectionTest } from './views/connection-views.ts'

const entraTarget = z.strictObject({ cloud: z.string().max(63).default('global'), tenantId: z.string().max(64) })

/** Whether the identity provider is what it is said to be. Saves nothing. */
export function connectionTestRoutes(deps: AdminDeps): readonly ServedRoute[] {
  const { store, clouds, kubernetes = NO_CLUSTERS, fetch, issuerFetch = createGuardedFetch(), now } = deps
  return [
    testRoute(store, {
      kind: 'entra',
      body: entraTarget,
      example: { tenantId: 'aaaaaaaa-0000-4000-8000-000000000001' },
      test: (target) => testEntraConnection(target, { clouds, fetch }),
    }),
    testRoute(store, {
      kind: 'oidc',
      body: oidcTestTarget,
      example: { issuer: 'https://id.acme.example' },
      test: (target) => testOidcConnection(target, issuerFetch),
    }),
    testRoute(store, {
      kind: 'kubernetes',
      body: kubernetesSettings,
      example: { kind: 'kubernetes', cluster: 'production' },
      test: (target, slug) => testKubernetesConnection(target, slug, { kubernetes, now }),
    }),
  ]
}

interface Tested<Kind extends ConnectionKind, Target extends object> {
  readonly kind: Kind
  readonly body: z.ZodType<Target>
  readonly example: object
  test(target: Target | RecordOf<Kind>, slug: string): Promise<ConnectionTest | Refusal>
}

/** Tests what the body describes, before it is saved; without a body, what is saved. */
function testRoute<Kind extends ConnectionKind, Target extends object>(
  { db, sealer }: Store,
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
    async ({ context, slug, teamspace, body: given }) => {
      const target = given ?? (await connectionRepository(db, sealer, teamspace.id).find(kind)) ?? noConnection(kind)
      if (isRefused(target)) return refusalProblem(context, target.refused)
      const result = await test(target, slug)
      return isRefused(result) ? refusalProblem(context, result.refused) : context.json(result)
    },
  )
}
