import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import type { AuditEntry } from '../audit/audit-row.ts'
import { searchAudit } from '../audit/search-audit.ts'
import { ALL_TEAMSPACES } from '../statistics/call-count.table.ts'
import { createOverviews } from '../statistics/overviews.ts'
import { RANGE_NAMES } from '../statistics/range.ts'
import type { RangeName } from '../statistics/range.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { isAtLeast, memberOf } from './api/caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { overviewView } from './views/overview-view.ts'

const query = z.strictObject({ range: z.enum(RANGE_NAMES).default('24h') })

const LAST_CALLS = 10
/** Whoever polls must not read a long trail each time. */
const MOST_ROWS = 2_000
const SHOWN = [
  'requestId',
  'at',
  'teamspaceId',
  'decision',
  'rule',
  'server',
  'rpcMethod',
  'target',
  'status',
  'durationMs',
  'principal',
  'memberId',
  'email',
] as const

type Deps = Pick<AdminDeps, 'store' | 'now' | 'calls'>

/** What happened to calls, for pages that ask again every few seconds: cheap, and with an entity tag. */
export function overviewRoutes({ store, now, calls }: Deps): readonly ServedRoute[] {
  const findOverview = createOverviews({ store, statistics: calls?.statistics, now })

  async function answer(context: Context, range: RangeName, teamspaceId?: string, member?: string): Promise<Response> {
    const overview = await findOverview(teamspaceId ?? ALL_TEAMSPACES, range)
    const last = { kind: 'call', teamspaceId, member, limit: LAST_CALLS, most: MOST_ROWS } as const
    const { events } = await searchAudit(store, last)
    const openStreams = calls?.openStreams(teamspaceId) ?? 0
    return tagged(context, { ...overview, openStreams, lastCalls: events.map(toShown) })
  }

  return [
    apiRoute(
      {
        method: 'get',
        path: '/overview',
        needs: 'operator',
        summary: 'Calls of all teamspaces: how many, refused why, how fast; compared with the time before',
        query,
        answers: { 200: overviewView },
      },
      ({ context, query: { range } }) => answer(context, range),
    ),
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/overview',
        needs: 'developer',
        summary: 'Calls of a teamspace: how many, refused why, how fast; developers see the last calls of their own',
        query,
        answers: { 200: overviewView },
      },
      ({ context, caller, slug, teamspace, query: { range } }) => {
        const member = memberOf(caller, slug)
        const isLimited = member !== undefined && !isAtLeast(member.role, 'admin')
        return answer(context, range, teamspace.id, isLimited ? member.id : undefined)
      },
    ),
  ]
}

const toShown = (entry: AuditEntry) =>
  Object.fromEntries(SHOWN.flatMap((name) => (entry[name] === undefined ? [] : [[name, entry[name]]])))

/** Whoever has the same already is told so without it (RFC 9110 §13.1.2). */
function tagged(context: Context, body: object): Response {
  const text = JSON.stringify(body)
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  context.header('etag', etag)
  const known = context.req.header('if-none-match')?.split(',') ?? []
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag)) return context.body(null, 304)
  return context.body(text, 200, { 'content-type': 'application/json' })
}
