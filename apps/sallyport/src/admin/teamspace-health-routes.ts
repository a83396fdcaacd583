import { z } from 'zod'
import { RANGE_NAMES } from '../statistics/range.ts'
import { rememberHealth } from '../teamspace-health/remember-health.ts'
import { findHealth } from '../teamspace-health/teamspace-health.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { healthPage } from './views/teamspace-health-view.ts'

/** No cursor: what is on top changes while one reads, so that pages would not fit together. */
const query = z.strictObject({
  range: z.enum(RANGE_NAMES).default('24h'),
  search: z.string().trim().max(200).optional(),
  troubled: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
})

type Deps = Pick<AdminDeps, 'store' | 'now' | 'calls'>

/** All teamspaces at a glance, for whoever runs them. */
export function teamspaceHealthRoutes({ store, now, calls }: Deps): readonly ServedRoute[] {
  const listHealth = rememberHealth({ store, statistics: calls?.statistics, now })
  return [
    apiRoute(
      {
        method: 'get',
        path: '/overview/teamspaces',
        needs: 'operator',
        summary: 'All teamspaces with their calls, their members and what is wrong; where something is comes first',
        query,
        answers: { 200: healthPage },
      },
      async ({ context, query: { range, search, troubled, limit } }) =>
        context.json(findHealth(await listHealth(range), { search, limit, troubled: troubled === 'true' })),
    ),
  ]
}
