import { Hono } from 'hono'
import { createScimApp } from '../provisioning/scim/scim-app.ts'
import { isDatabaseDown } from '../store/database-down.ts'
import { createMintLimiter } from '../tokens/mint-limiter.ts'
import { DEFAULT_TOKEN_LIMITS } from '../tokens/token-limits.ts'
import type { AdminDeps } from './admin-deps.ts'
import type { ServedRoute } from './api/api-route.ts'
import { createFindCaller } from './api/find-caller.ts'
import { serveRoutes } from './api/serve-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import { answerPage } from './console/answer-page.ts'
import { consoleApp } from './console/console-app.ts'
import { createFindSignedIn } from './console/find-signed-in.ts'
import { ownSessionRoutes } from './console/own-session-routes.ts'
import { resetLinkRoutes } from './console/reset-link-routes.ts'
import { configRoutes } from './config-routes.ts'
import { connectionRoutes } from './connection-routes.ts'
import { decisionRoutes } from './decision-routes.ts'
import { groupSyncRoutes } from './group-sync-routes.ts'
import { createMcpTokenAnswers } from './mcp-token-answers.ts'
import type { McpTokenAnswers } from './mcp-token-answers.ts'
import { memberAsker } from './mcp-token-askers.ts'
import { mcpTokenMemberRoutes } from './mcp-token-member-routes.ts'
import { mcpTokenOauthRoutes } from './mcp-token-oauth-routes.ts'
import { mcpTokenRoutes } from './mcp-token-routes.ts'
import { instanceRoutes } from './instance-routes.ts'
import { memberCsvRoutes } from './member-csv-routes.ts'
import { memberRoutes } from './member-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { withDocument } from './openapi-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import { problem } from './problem.ts'
import { scimTokenRoutes } from './scim-token-routes.ts'
import { serverRoutes } from './server-routes.ts'
import { teamspaceAuditRoutes } from './teamspace-audit-routes.ts'
import { teamspaceChainRoutes } from './teamspace-chain-routes.ts'
import { teamspaceHealthRoutes } from './teamspace-health-routes.ts'
import { teamspaceRoutes } from './teamspace-routes.ts'
import { toolRoutes } from './tool-routes.ts'
import { whoAmIRoutes } from './who-am-i-routes.ts'

const DATABASE_DOWN_SECONDS = '5'

/** The admin listener's API. Whoever mounts it checks `Host` and `Origin`. */
export function createAdminApp(deps: AdminDeps): Hono {
  const app = new Hono({ strict: false }) // with or without a slash at the end
  app.use(async (context, next) => {
    await next()
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
  })
  app.get('/healthz', (context) => context.text('ok'))
  app.route('/v2/entra/config', configRoutes(deps))
  app.route('/api/v1', apiRoutes(deps))
  app.route('/console', consoleApp(deps))
  app.route('/scim/v2', createScimApp(deps))
  if (deps.metrics) app.route('/metrics', metricsRoutes(deps, deps.metrics))
  app.notFound(
    async (context) =>
      (deps.console && (await answerPage(context, deps.console))) ?? problem(context, 404, 'There is nothing here'),
  )
  app.onError((error, context) => {
    deps.log('The admin API failed', { error, method: context.req.method, path: context.req.routePath })
    if (!isDatabaseDown(error)) return problem(context, 500, 'Something went wrong; the log says what')
    context.header('retry-after', DATABASE_DOWN_SECONDS)
    return problem(context, 503, 'The database cannot be reached; try again')
  })
  return app
}

const mcpTokenAnswersOf = (deps: AdminDeps): McpTokenAnswers =>
  createMcpTokenAnswers({
    ...deps,
    limiter: createMintLimiter(deps),
    limits: deps.tokenLimits ?? DEFAULT_TOKEN_LIMITS,
  })

/** Each with what it needs, takes and answers. Of two whose paths match, the first one answers. */
export const servedRoutes = (deps: AdminDeps, tokens = mcpTokenAnswersOf(deps)): readonly ServedRoute[] =>
  withDocument(
    [
      ...whoAmIRoutes(),
      ...instanceRoutes(deps),
      ...teamspaceRoutes(deps.store),
      ...connectionRoutes(deps),
      ...memberCsvRoutes(deps),
      ...memberRoutes(deps.store),
      ...mcpTokenRoutes(tokens, deps),
      ...scimTokenRoutes(deps.store),
      ...policyRoutes(deps),
      ...toolRoutes(deps),
      ...serverRoutes(deps),
      ...overviewRoutes(deps),
      ...teamspaceHealthRoutes(deps),
      ...groupSyncRoutes(deps),
      ...teamspaceAuditRoutes(deps),
      ...teamspaceChainRoutes(deps),
      ...auditRoutes(deps),
      ...decisionRoutes(deps),
      ...resetLinkRoutes(deps),
      ...(deps.console ? ownSessionRoutes(deps.console) : []),
    ],
    deps,
  )

function apiRoutes(deps: AdminDeps): Hono {
  const tokens = mcpTokenAnswersOf(deps)
  const api = new Hono()
  // Before all else: here whoever holds a token ends it, and members come by their own access tokens.
  api.route('/mcp-tokens', mcpTokenOauthRoutes(deps))
  if (deps.members) api.route('/mcp-tokens', mcpTokenMemberRoutes(tokens, memberAsker(deps, deps.members)))
  const findCaller = createFindCaller(deps, deps.findSignedIn ?? (deps.console && createFindSignedIn(deps.console)))
  return api.route('/', serveRoutes(servedRoutes(deps, tokens), { ...deps, findCaller }))
}
