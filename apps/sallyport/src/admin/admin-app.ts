import { Hono } from 'hono'
import { createScimApp } from '../provisioning/scim/scim-app.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { createMintLimiter } from '../tokens/mint-limiter.ts'
import { DEFAULT_TOKEN_LIMITS } from '../tokens/token-limits.ts'
import type { ServedRoute } from './api/api-route.ts'
import { createFindCaller } from './api/find-caller.ts'
import { serveRoutes } from './api/serve-routes.ts'
import type { AdminDeps } from './admin-deps.ts'
import { auditRoutes } from './audit-routes.ts'
import { configRoutes } from './config-routes.ts'
import { connectionRoutes } from './connection-routes.ts'
import { mcpTokenOauthRoutes } from './mcp-token-oauth-routes.ts'
import { decisionRoutes } from './decision-routes.ts'
import { mcpTokenRoutes } from './mcp-token-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { memberAsker, operatorAsker } from './mcp-token-askers.ts'
import { memberCsvRoutes } from './member-csv-routes.ts'
import { memberRoutes } from './member-routes.ts'
import { requireOperator } from './operator-auth.ts'
import { policyRoutes } from './policy-routes.ts'
import { problem } from './problem.ts'
import { scimTokenRoutes } from './scim-token-routes.ts'
import { serverRoutes } from './server-routes.ts'
import { toolRoutes } from './tool-routes.ts'
import { teamspaceRoutes } from './teamspace-routes.ts'

/** The admin listener's API. Whoever mounts it checks `Host` and `Origin`. */
export function createAdminApp(deps: AdminDeps): Hono {
  const app = new Hono({ strict: false }) // with or without a slash at the end
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
  })
  app.get('/healthz', (context) => context.text('ok'))
  app.route('/v2/entra/config', configRoutes(deps))
  app.route('/api/v1', apiRoutes(deps))
  app.route('/scim/v2', createScimApp(deps))
  if (deps.metrics) app.route('/metrics', metricsRoutes(deps.operatorToken, deps.metrics))
  app.notFound((context) => problem(context, 404, 'There is nothing here'))
  app.onError((error, context) => {
    deps.log('The admin API failed', { error, method: context.req.method, path: context.req.routePath })
    return problem(context, 500, 'Something went wrong; the log says what')
  })
  return app
}

/** Each with what it needs, takes and answers. */
export const servedRoutes = (deps: AdminDeps): readonly ServedRoute[] => [...teamspaceRoutes(deps.store)]

function apiRoutes(deps: AdminDeps): Hono {
  const tokens = { ...deps, limiter: createMintLimiter(deps), limits: deps.tokenLimits ?? DEFAULT_TOKEN_LIMITS }
  const editor: Editor = { store: deps.store, now: deps.now, actor: 'operator' }
  const api = new Hono()
  // Before the operator's guard: here whoever holds a token ends it, and members come by their own access tokens.
  api.route('/mcp-tokens', mcpTokenOauthRoutes(deps))
  if (deps.members) api.route('/mcp-tokens', mcpTokenRoutes(tokens, memberAsker(deps, deps.members)))
  const findCaller = createFindCaller(deps.operatorToken, deps.findSignedIn)
  api.route('/', serveRoutes(servedRoutes(deps), { ...deps, findCaller }))
  api.use(requireOperator(deps.operatorToken))
  api.route('/teamspaces/:slug/connections', connectionRoutes(editor, deps))
  api.route('/teamspaces/:slug/members', memberCsvRoutes(editor, deps.log))
  api.route('/teamspaces/:slug/members', memberRoutes(editor))
  api.route('/teamspaces/:slug/mcp-tokens', mcpTokenRoutes(tokens, operatorAsker(editor)))
  api.route('/teamspaces/:slug/scim-tokens', scimTokenRoutes(editor))
  api.route('/teamspaces/:slug/policy', policyRoutes(editor, deps.servers))
  api.route('/teamspaces/:slug/tools', toolRoutes(deps.store, deps.servers))
  api.route('/servers', serverRoutes(deps.servers, deps.publicUrl))
  api.route('/audit', auditRoutes(deps.store))
  api.route('/decisions', decisionRoutes(deps))
  return api
}
