import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { listAudit } from '../audit/audit-repository.ts'
import { EXPORT_FORMATS, exportRows } from '../audit/export-rows.ts'
import { listChains, viewChain } from '../audit/list-chains.ts'
import type { ChainView } from '../audit/list-chains.ts'
import { verifyChainPage } from '../audit/verify-chain.ts'
import type { Store } from '../store/store.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { refusalProblem } from './problem.ts'
import { readQuery } from './read-input.ts'
import { toStream } from './to-stream.ts'

export interface ChainsView {
  readonly chains: readonly ChainView[]
  /** What to give as `after` for the next page, while there may be more. */
  readonly next?: string
}

/** Slug of a teamspace that still exists; without it, the rows of all, removed ones included. */
const teamspace = z
  .string()
  .regex(/^[a-z0-9-]{1,63}$/)
  .optional()
/** Empty for the chain of what belongs to no teamspace. */
const chainId = z.string().regex(/^[0-9A-Za-z-]{0,64}$/)
const time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'must be a time such as 2026-11-21T08:00:00Z' })
  .transform((text) => Date.parse(text))
  .optional()

const filter = z.strictObject({
  teamspace,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.uuid().optional(),
})

const chainsQuery = z.strictObject({
  teamspace,
  after: chainId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
})

const verifyQuery = z.strictObject({
  teamspaceId: chainId,
  seq: z.coerce.number().int().min(0).default(0),
  hash: z
    .string()
    .regex(/^[\w-]{0,64}$/)
    .default(''),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
})

const exportQuery = z
  .strictObject({
    teamspace,
    all: z.enum(['true', 'false']).optional(),
    format: z.enum(EXPORT_FORMATS).default('jsonl'),
    since: time,
    until: time,
  })
  .refine(({ teamspace, all }) => (teamspace !== undefined) !== (all === 'true'), {
    error: 'either a teamspace, or all=true',
  })

export function auditRoutes(store: Store): Hono {
  const { db } = store
  /** The id of the teamspace that is named, undefined when none is. */
  const idOf = async (context: Context, slug: string | undefined): Promise<string | undefined | Response> => {
    if (slug === undefined) return undefined
    const found = await teamspaceRepository(db).findBySlug(slug)
    return found ? found.id : refusalProblem(context, unknownTeamspace().refused)
  }

  return new Hono()
    .get('/', async (context) => {
      const query = readQuery(context, filter)
      if (query instanceof Response) return query
      const teamspaceId = await idOf(context, query.teamspace)
      if (teamspaceId instanceof Response) return teamspaceId
      const { limit, before } = query
      return context.json({ events: await listAudit(db, { teamspaceId, limit, before }) })
    })
    .get('/chains', async (context) => {
      const query = readQuery(context, chainsQuery)
      if (query instanceof Response) return query
      const teamspaceId = await idOf(context, query.teamspace)
      if (teamspaceId instanceof Response) return teamspaceId
      const chains = teamspaceId === undefined ? await listChains(store, query) : [await viewChain(store, teamspaceId)]
      const last = teamspaceId === undefined && chains.length === query.limit ? chains.at(-1) : undefined
      const view: ChainsView = { chains, ...(last && { next: last.teamspaceId }) }
      return context.json(view)
    })
    .get('/verify', async (context) => {
      const query = readQuery(context, verifyQuery)
      if (query instanceof Response) return query
      const { teamspaceId, seq, hash, limit } = query
      return context.json(await verifyChainPage(store, teamspaceId, { after: { seq, hash }, limit }))
    })
    .get('/export', async (context) => {
      const query = readQuery(context, exportQuery)
      if (query instanceof Response) return query
      const teamspaceId = await idOf(context, query.teamspace)
      if (teamspaceId instanceof Response) return teamspaceId
      const { format, since, until } = query
      const lines = exportRows(store, { format, teamspaceId, since, until })
      const type = format === 'cef' ? 'text/plain; charset=utf-8' : 'application/x-ndjson'
      return context.body(toStream(lines), 200, { 'content-type': type })
    })
}
