import { Hono } from 'hono'
import { METRICS_CONTENT_TYPE } from '../telemetry/metrics.ts'
import type { MetricsPage } from './admin-deps.ts'
import { requireOperator } from './operator-auth.ts'
import type { OperatorDoor } from './operator-auth.ts'

export function metricsRoutes(door: OperatorDoor, { token, read }: MetricsPage): Hono {
  const routes = new Hono()
  routes.use(requireOperator(door, ...(token === undefined ? [] : [token])))
  return routes.get('/', async (context) => context.body(await read(), 200, { 'content-type': METRICS_CONTENT_TYPE }))
}
