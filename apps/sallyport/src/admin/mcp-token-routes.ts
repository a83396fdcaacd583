import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { listTokens } from '../tokens/list-tokens.ts'
import type { McpTokenCursor } from '../tokens/mcp-token-repository.ts'
import { toMcpTokenView } from '../tokens/mcp-token-view.ts'
import type { McpTokenView } from '../tokens/mcp-token-view.ts'
import { mintToken } from '../tokens/mint-token.ts'
import type { NewlyMinted } from '../tokens/mint-token.ts'
import type { MintLimiter } from '../tokens/mint-limiter.ts'
import { mcpTokenRotation, newMcpToken } from '../tokens/new-mcp-token.ts'
import { revokeToken } from '../tokens/revoke-token.ts'
import { rotateToken } from '../tokens/rotate-token.ts'
import type { TokenLimits } from '../tokens/token-limits.ts'
import type { Asker, FindAsker } from './mcp-token-askers.ts'
import { problem, refusalProblem } from './problem.ts'
import { readBody, readQuery, tokenIdOf } from './read-input.ts'

/** What minting and rotating answer: the one time that the token itself is shown. */
export type MintedTokenView = McpTokenView & { readonly token: string }

export interface McpTokenPageView {
  readonly tokens: readonly McpTokenView[]
  /** What to give as `after` for the next page, while there may be more. */
  readonly next?: string
}

const MAX_BODY_BYTES = 4 * 1024
const MAX_PAGE = 200

const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
  after: z
    .string()
    .regex(/^\d{1,15}\.[0-9a-f-]{36}$/, { error: 'must be the next of the page before' })
    .transform((text): McpTokenCursor => {
      const [createdAt = '', id = ''] = text.split('.')
      return { createdAt: Number(createdAt), id }
    })
    .optional(),
})

export interface McpTokenRouteDeps {
  readonly store: Store
  readonly now: () => number
  readonly limiter: MintLimiter
  readonly limits: TokenLimits
}

/** A teamspace's MCP tokens, for whoever `findAsker` finds. */
export function mcpTokenRoutes({ store, now, limiter, limits }: McpTokenRouteDeps, findAsker: FindAsker): Hono {
  /** Both ways to get a token: limited alike, and answered alike. */
  const issue = async <Schema extends z.ZodType>(
    context: Context,
    schema: Schema,
    work: (asker: Asker, input: z.output<Schema>) => Promise<NewlyMinted | Refusal>,
  ): Promise<Response> => {
    const asker = await findAsker(context)
    if (asker instanceof Response) return asker
    const waitSeconds = limiter.attempt(`${asker.actor.kind} ${asker.slug}`)
    if (waitSeconds !== undefined) {
      context.header('retry-after', String(waitSeconds))
      return problem(context, 429, 'Too many MCP tokens are being minted; try again later')
    }
    const input = await readBody(context, schema, MAX_BODY_BYTES)
    if (input instanceof Response) return input
    const issued = await work(asker, input)
    if (isRefused(issued)) return refusalProblem(context, issued.refused)
    const view: MintedTokenView = { ...toMcpTokenView(issued.mcpToken, now()), token: issued.token }
    return context.json(view, 201)
  }

  return new Hono()
    .post('/', (context) =>
      issue(context, newMcpToken, ({ editor, slug, actor }, input) =>
        mintToken(editor, slug, input, { actor, limits }),
      ),
    )
    .post('/:id/rotate', (context) =>
      issue(context, mcpTokenRotation, ({ editor, slug, actor }, input) =>
        rotateToken(editor, slug, { ...input, id: tokenIdOf(context) }, { actor, limits }),
      ),
    )
    .get('/', async (context) => {
      const asker = await findAsker(context)
      if (asker instanceof Response) return asker
      const query = readQuery(context, page)
      if (query instanceof Response) return query
      const listed = await listTokens(store, asker.slug, query, asker)
      if (isRefused(listed)) return refusalProblem(context, listed.refused)
      const at = now()
      const last = listed.tokens.length === query.limit ? listed.tokens.at(-1) : undefined
      const view: McpTokenPageView = {
        tokens: listed.tokens.map((token) => toMcpTokenView(token, at)),
        ...(last && { next: `${last.createdAt}.${last.id}` }),
      }
      return context.json(view)
    })
    .delete('/:id', async (context) => {
      const asker = await findAsker(context)
      if (asker instanceof Response) return asker
      const revoked = await revokeToken(asker.editor, asker.slug, tokenIdOf(context), asker)
      return isRefused(revoked) ? refusalProblem(context, revoked.refused) : context.body(null, 204)
    })
}
